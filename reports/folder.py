"""The evidence folder: one folder a run, for people and auditors.

A run's folder appears under its own name only when it is whole and holds no secret.
"""

import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from reports import disk, html, junit, latest
from reports.build import build
from reports.record import Record, schema
from reports.redact import Secrets, redact
from upgrade.config.product import load
from upgrade.gate.evidence import Evidence

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
        disk.sync(self.root)
        written = Written(record, bundle, bundle / "data/report/report.html", bundle / "data/report/junit.xml")
        latest.fill(self.root, evidence.entry, self._told(evidence, written))
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


def _bundle_name(evidence: Evidence) -> str:
    finished = evidence.finished.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ").lower()
    run = re.sub(r"[^a-z0-9]", "", evidence.run_id.lower())[-8:]
    return f"nochange_{latest.safe_name(evidence.entry)}_{finished}_{run}"


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
        disk.write(path, text)
    written = {name: (folder / name).read_bytes() for name in sorted(files)}
    net.scan({name: content.decode() for name, content in written.items()})
    sums = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in written.items())
    disk.write(folder / MANIFEST, "".join(sums))
    for directory in (folder / "data/report", folder / "data", folder):
        disk.sync(directory)
