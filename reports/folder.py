"""The evidence folder: `latest.json` for machines, one folder a run for people and auditors. The only writer in reports.

A run's folder appears under its own name only when it is whole and holds no secret.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from reports import html, junit
from reports.build import build
from reports.record import Record, schema
from reports.redact import Secrets, redact
from upgrade.errors import UsageError
from upgrade.evidence import Evidence
from upgrade.product import load

MANIFEST = "manifest-sha256.txt"


@dataclass(frozen=True, slots=True)
class Written:
    """What a run left."""

    record: Record
    bundle: Path
    report: Path
    junit: Path


class Folder:
    """Where the evidence of all runs lies."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self, run_id: str, stack: str) -> None:
        """Say that a run has begun and has no verdict: whoever reads `latest.json` now can't take an old one for it.

        Args:
            run_id: the run.
            stack: name of the entry in stacks.toml.

        Raises:
            UsageError: the folder can't be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._latest(stack, {"run": run_id, "verdict": None, "exit_code": None})
        except OSError as error:
            raise UsageError(
                f"the evidence folder {self.root} can't be written ({error.strerror}), and without evidence there is no "
                "upgrade: make it writable, or choose another with --evidence=DIR"
            ) from error

    def write(self, evidence: Evidence, secrets: Iterable[str] = ()) -> Written:
        """Write the evidence of a run, then fill `latest.json`.

        Raises:
            LeakError: a file would hold a secret; none is left.
            OSError: the disk.
        """
        net = Secrets(secrets, published=html.published() + schema())
        record = redact(build(evidence, load(evidence.product)), net)
        bundle = self.root / _bundle_name(evidence)
        making = self.root / f".{bundle.name}.partial"
        try:
            _write_bundle(making, _files(record), net)
            making.rename(bundle)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        _sync(self.root)
        written = Written(record, bundle, bundle / "data/report/report.html", bundle / "data/report/junit.xml")
        self._latest(evidence.entry, self._told(evidence, written))
        return written

    def _told(self, evidence: Evidence, written: Written) -> dict[str, object]:
        return {
            "run": evidence.run_id,
            "bundle": self._relative(written.bundle),
            "plan": None,
            "report": self._relative(written.report),
            "junit": self._relative(written.junit),
            "verdict": evidence.decision.verdict,
            "exit_code": evidence.decision.exit_code,
            "stack": evidence.entry,
            "mode": evidence.mode,
            "sandbox": written.record.sandbox,
        }

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _latest(self, stack: str, told: Mapping[str, object]) -> None:
        text = json.dumps(told, indent=1) + "\n"
        for name in ("latest.json", f"latest-{safe_name(stack)}.json"):
            _replace(self.root / name, text)


def safe_name(name: str) -> str:
    """The name fit for a file on any system: ASCII, lower case; two names never become one."""
    safe = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")[:60]
    return name if name and safe == name else f"{safe or 'x'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _bundle_name(evidence: Evidence) -> str:
    finished = evidence.finished.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ").lower()
    run = re.sub(r"[^a-z0-9]", "", evidence.run_id.lower())[-8:]
    return f"nochange_{safe_name(evidence.entry)}_{finished}_{run}"


def _files(record: Record) -> dict[str, str]:
    text = record.text()
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return {
        "data/record.json": text,
        "data/record.schema.json": schema(),
        "data/report/report.html": html.render(record, sha256),
        "data/report/junit.xml": junit.render(record, sha256),
    }


def _write_bundle(folder: Path, files: Mapping[str, str], net: Secrets) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, text)
    written = {name: (folder / name).read_bytes() for name in sorted(files)}
    net.scan({name: content.decode() for name, content in written.items()})
    sums = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in written.items())
    _write(folder / MANIFEST, "".join(sums))
    for directory in (folder / "data/report", folder / "data", folder):
        _sync(directory)


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, text: str) -> None:
    """Old content or new, never half of it, whenever the machine stops."""
    making = path.with_name(f".{path.name}.{os.getpid()}")
    _write(making, text)
    making.replace(path)
    _sync(path.parent)


def _sync(directory: Path) -> None:
    """A new name is on the disk only when its directory is."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
