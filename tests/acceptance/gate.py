"""Run the gate as a user does and read what it left."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.verify import verify

CHECKOUT = Path(__file__).parents[2]
LIMIT = 300
"""Seconds after which a run counts as hung."""


@dataclass(frozen=True)
class Run:
    """A finished run."""

    code: int
    output: str
    evidence: Path

    @property
    def latest(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.evidence / "latest.json").read_text())
        return document

    @property
    def record(self) -> dict[str, Any]:
        path = self.evidence / self.latest["bundle"] / "data" / "record.json"
        document: dict[str, Any] = json.loads(path.read_text())
        return document

    def outcome(self, check: str) -> str:
        """What a check said."""
        return next(str(row["outcome"]) for row in self.record["checks"] if row["id"] == check)


def gate_in(
    root: Path,
    evidence: Path,
    *arguments: str,
    environment: Mapping[str, str],
    python: tuple[str, ...] = (),
    cwd: Path | None = None,
) -> Run:
    """`python -m pytest ARGUMENTS --evidence=...` in that checkout, or in another folder."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PYTEST_", "PLIMSOLL_SANDBOX"))
    }
    finished = subprocess.run(
        [sys.executable, *python, "-m", "pytest", *arguments, f"--evidence={evidence}"],
        cwd=cwd or root,
        env={**kept, "PYTHONPATH": str(root), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    done = Run(finished.returncode, finished.stdout + finished.stderr, evidence)
    _require_whole(done)
    return done


def _require_whole(run: Run) -> None:
    """Whatever a run has found, an outsider must be able to rely on what it left."""
    if (bundle := json.loads(_latest(run.evidence)).get("bundle")) and "EVIDENCE NOT COMPLETE" not in run.output:
        found = verify(run.evidence / bundle)
        assert found.is_whole, found.broken


def _latest(evidence: Path) -> str:
    try:
        return (evidence / "latest.json").read_text()
    except OSError:
        return "{}"


def pytest_gate(evidence: Path, *arguments: str, **environment: str) -> Run:
    """`pytest ARGUMENTS --evidence=...` in this checkout."""
    return gate_in(CHECKOUT, evidence, *arguments, environment=environment)
