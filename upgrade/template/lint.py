"""cfn-lint over one template, in a process of its own: it takes seconds of computing that nothing else should wait for.

https://github.com/aws-cloudformation/cfn-lint; `cfnlint.api` is its promised interface.
"""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from upgrade.errors import NotSettled, ServiceFailed
from upgrade.facts.lint import LintError

CHECKOUT = Path(__file__).parents[2]

SECONDS = 10 * 60
"""The largest templates take a quarter of a minute; what takes longer than this has hung."""


def errors(text: str, region: str) -> tuple[LintError, ...]:
    """The errors of a template.

    Raises:
        NotSettled: it took too long.
        ServiceFailed: cfn-lint itself failed.
    """
    command = [sys.executable, "-m", "upgrade.template.lint", region]
    try:
        ended = subprocess.run(  # noqa: S603  # ourselves
            command, input=text, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=CHECKOUT
        )
    except subprocess.TimeoutExpired:
        raise NotSettled(f"cfn-lint has not ended within {SECONDS // 60} minutes") from None
    if ended.returncode:
        last = ended.stderr.strip().rpartition("\n")[2]
        raise ServiceFailed(f"cfn-lint failed: {last or f'exit code {ended.returncode}'}")
    return tuple(LintError(**row) for row in json.loads(ended.stdout))


def lint_version() -> str:
    """The version of cfn-lint."""
    return version("cfn-lint")


def _lint(text: str, region: str) -> list[dict[str, str]]:
    from cfnlint.api import ManualArgs, lint  # noqa: PLC0415  # a second

    found = lint(text, config=ManualArgs(regions=[region]))
    rows = {(match.rule.id, "/".join(map(str, match.path or [])), match.message) for match in found}
    return [
        {"rule": rule, "path": path, "message": message} for rule, path, message in sorted(rows) if rule.startswith("E")
    ]


if __name__ == "__main__":
    json.dump(_lint(sys.stdin.read(), sys.argv[1]), sys.stdout)
