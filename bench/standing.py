"""A standing sandbox in a process of its own, and gate runs against it."""

import json
import os
import re
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CHECKOUT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Standing:
    """A sandbox that answers."""

    url: str
    environment: dict[str, str]

    def set(self, **knobs: object) -> None:
        """Turn knobs (`sandbox.knobs.Knobs`)."""
        body = json.dumps(knobs).encode()
        urllib.request.urlopen(f"{self.url}/__sandbox__/faults", data=body, timeout=30).close()  # noqa: S310  # loopback


@contextmanager
def standing(scenario: str) -> Iterator[Standing]:
    """Start a sandbox, and stop it afterwards."""
    with TemporaryDirectory() as folder:
        env_file = Path(folder) / "env"
        command = [sys.executable, "-m", "sandbox", "serve", f"--scenario={scenario}", f"--env-file={env_file}"]
        server = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL)
        try:
            environment = _exports(env_file, server)
            yield Standing(environment["PLIMSOLL_SANDBOX"], {**os.environ, **environment})
        finally:
            server.terminate()
            server.wait(30)


@dataclass(frozen=True)
class Measured:
    """One command: exit code, wall seconds, peak memory of the largest process in MiB so far, its record."""

    code: int
    wall: float
    memory: float
    output: str
    record: dict[str, Any] | None


def gate(environment: dict[str, str], *arguments: str) -> Measured:
    """Run the gate and read its record."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", *arguments, f"--evidence={folder}"]
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
        wall = time.perf_counter() - begun
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        latest = Path(folder) / "latest.json"
        bundle = json.loads(latest.read_text()).get("bundle") if latest.exists() else None
        record = json.loads((Path(folder) / bundle / "data/record.json").read_text()) if bundle else None
        return Measured(done.returncode, wall, memory, done.stdout + done.stderr, record)


def _exports(env_file: Path, server: subprocess.Popen[bytes], limit: float = 120) -> dict[str, str]:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline and server.poll() is None:
        found = dict(
            re.findall(r"^export (\w+)='?([^'\n]*)'?$", env_file.read_text() if env_file.exists() else "", re.MULTILINE)
        )
        if "PLIMSOLL_SANDBOX" in found:
            return found
        time.sleep(0.1)  # noqa: TID251  # a benchmark waits in real time
    raise SystemExit("the sandbox did not start")
