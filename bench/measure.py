"""One gate run as a process, measured."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.acceptance.gate import CHECKOUT
from tests.acceptance.standing import Standing
from tests.acceptance.standing import standing as serve


@contextmanager
def standing(scenario: str) -> Iterator[Standing]:
    """A sandbox in a process of its own."""
    with TemporaryDirectory() as folder, serve(Path(folder), scenario) as sandbox:
        yield sandbox


@dataclass(frozen=True)
class Measured:
    """One command: exit code, wall seconds, peak memory of the largest process so far in MiB, output, record."""

    code: int
    wall: float
    memory: float
    output: str
    record: dict[str, Any] | None


def gate(environment: Mapping[str, str], *arguments: str) -> Measured:
    """Run the gate and read its record."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", *arguments, f"--evidence={folder}"]
        env = {**os.environ, **environment}
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
        wall = time.perf_counter() - begun
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        latest = Path(folder) / "latest.json"
        bundle = json.loads(latest.read_text()).get("bundle") if latest.exists() else None
        record = json.loads((Path(folder) / bundle / "data/record.json").read_text()) if bundle else None
        return Measured(done.returncode, wall, memory, done.stdout + done.stderr, record)
