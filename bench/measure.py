"""One gate run as a process, measured."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE, STDOUT
from tempfile import TemporaryDirectory
from threading import Event, Thread
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
    """One command: exit code, wall seconds, memory, output, record."""

    code: int
    wall: float
    memory: float
    """MiB that its own process has had at most, as `/usr/bin/time` tells it."""
    together: float
    """MiB that all its processes have had together at most, what they share counted once."""
    lines: list[tuple[datetime, str]]
    """What it wrote, and when."""
    record: dict[str, Any] | None

    @property
    def output(self) -> str:
        """All that it wrote."""
        return "".join(line for _, line in self.lines)


def gate(environment: Mapping[str, str], *arguments: str) -> Measured:
    """Run the gate and read its record."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", *arguments, f"--evidence={folder}"]
        env = {**os.environ, **environment}
        begun = time.perf_counter()
        with subprocess.Popen(command, cwd=CHECKOUT, env=env, stdout=PIPE, stderr=STDOUT, text=True) as running:
            peak = _Peak(running.pid)
            peak.start()
            lines = [(datetime.now(UTC), line) for line in running.stdout or ()]
        wall, (memory, together) = time.perf_counter() - begun, peak.stop()
        latest = Path(folder) / "latest.json"
        bundle = json.loads(latest.read_text()).get("bundle") if latest.exists() else None
        record = json.loads((Path(folder) / bundle / "data/record.json").read_text()) if bundle else None
        return Measured(running.returncode, wall, memory, together, lines, record)


class _Peak(Thread):
    """The most memory that a process and its descendants have had together, looked at ten times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._ended = pid, Event()
        self._alone = self._together = 0

    def run(self) -> None:
        while not self._ended.wait(0.1):
            self._alone = max(self._alone, _kib(self._pid, "status", "VmHWM"))
            self._together = max(self._together, sum(_kib(pid, "smaps_rollup", "Pss") for pid in _tree(self._pid)))

    def stop(self) -> tuple[float, float]:
        """MiB: the process alone, and with its descendants."""
        self._ended.set()
        self.join()
        return self._alone / 1024, self._together / 1024


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):  # it has ended meanwhile
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))


def _kib(pid: int, file: str, key: str) -> int:
    """A figure of a process, 0 if it has ended (https://docs.kernel.org/filesystems/proc.html)."""
    with suppress(OSError):
        found = re.search(rf"^{key}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(), re.MULTILINE)
        return int(found[1]) if found else 0
    return 0
