"""Verifiers that are not ours."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

TOOLS = ("openssl", "sha256sum")


def steps(guide: str) -> str:
    """What VERIFY.md has an auditor type, as one script that ends at the first thing that does not hold."""
    return "set -e\n" + "".join(re.findall(r"^```sh\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE))


def typed(bundle: Path, key: Path | None, folder: Path) -> subprocess.CompletedProcess[str]:
    """Type VERIFY.md word for word, in a shell that finds nothing but openssl and sha256sum.

    Args:
        bundle: the folder in which it is typed.
        key: the public key that the auditor was given; None for an unsigned bundle.
        folder: an empty one, for tools and home.
    """
    tools, home = folder / "tools", folder / "home"
    for each in (tools, home):
        each.mkdir(parents=True)
    for tool in TOOLS:
        (tools / tool).symlink_to(_found(tool))
    if key is not None:
        shutil.copy(key, home / "plimsoll.pub.pem")
    script = steps((bundle / "VERIFY.md").read_text())
    return subprocess.run(
        [_found("sh"), "-c", script],
        cwd=bundle,
        env={"HOME": str(home), "PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )


def node(script: Path, arguments: Iterable[str], modules: Path) -> subprocess.CompletedProcess[str]:
    """Run a script of node's with packages from npm."""
    command = [_found("node"), str(script), *arguments]
    environment = {"NODE_PATH": str(modules), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def _found(tool: str) -> str:
    path = shutil.which(tool)
    assert path is not None, f"{tool} is needed"
    return path
