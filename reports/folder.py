"""The evidence folder: one folder a run, for people and auditors.

A run's folder appears under its own name only when it is whole and holds no secret.
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO

from reports import disk, html, latest, views
from reports.archive import (
    BASELINE,
    JOURNAL,
    JOURNALS,
    MANIFEST,
    PARTIAL,
    Archive,
    ArchivedChain,
    fetch,
    fetch_bundle,
    send,
)
from reports.build import build
from reports.chain import Chain
from reports.record import Record, schema
from reports.redact import Secrets, redact
from reports.views import RECORD
from upgrade.config.product import load
from upgrade.facts.known import Known
from upgrade.gate.decision import NO_EVIDENCE
from upgrade.gate.evidence import Evidence

PLAN = "data/plan.json"
EVENTS = "data/events.jsonl"
DEPLOYED, TARGET = "data/spec/template.deployed.txt", "data/spec/template.target.txt"


@dataclass(frozen=True, slots=True)
class Written:
    """What a run left."""

    record: Record
    bundle: Path
    report: Path
    junit: Path
    plan: Path | None
    """Where there is a plan to execute."""

    def paths(self) -> dict[str, Path]:
        """What to read next, by name."""
        told = {"report": self.report, "record": self.bundle / RECORD, "junit": self.junit}
        return told | ({"plan": self.plan} if self.plan else {})


class Folder:
    """Where the evidence of all runs lies."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.archive: Archive | None = None
        """Where the same is kept beside, if anywhere."""
        self._room: IO[bytes] | None = None

    def reserve(self) -> None:
        """Hold room for the evidence of this run until it is written, whatever fills the disk meanwhile.

        Raises:
            OSError: there is not so much.
        """
        self._room = disk.hold(self.root, latest.ROOM)

    def sweep(self, before: datetime) -> None:
        """Remove what killed runs left half written, if it is so old that nobody writes it any more."""
        for path in self.root.glob(f".*{PARTIAL}"):
            with suppress(OSError):
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                    shutil.rmtree(path)

    def chain(self, entry: str, run_id: str) -> Chain:
        """The journal of a run; it is there from the first call on that changes something."""
        place = self._journal(entry, run_id)
        if self.archive is None:
            return Chain(self.root / place / JOURNAL)
        return ArchivedChain(self.root, place, self.archive)

    def fetch(self, entry: str) -> list[str]:
        """Bring here what runs on other machines have left in the archive; a sentence for each that is damaged.

        Raises:
            OSError: the archive can't be read, or the disk not be written.
        """
        if self.archive is None:
            return []
        return fetch(self.archive, self.root, latest.safe_name(entry))

    def fetch_evidence(self, entry: str, until: Callable[[Path], bool]) -> None:
        """Bring here the finished evidence of an entry from the archive, the newest first, until some is what is looked for.

        Raises:
            OSError: the archive can't be read, what it has is not what was put there, or the disk can't be written.
        """
        if self.archive is None:
            return
        made = re.compile(rf"[a-z0-9-]+_{latest.safe_name(entry)}_(\d{{8}}t\d{{6}}z)_[a-z0-9]+")
        bundles = [found for found in map(made.fullmatch, self.archive.folders()) if found]
        for bundle in sorted(bundles, key=lambda found: found[1], reverse=True):
            if fetch_bundle(self.archive, self.root, bundle[0]) and until(self.root / bundle[0]):
                return

    def keep(self, evidence: Evidence, secrets: Iterable[str] = ()) -> None:
        """Keep how things were before an upgrade, for whoever takes it up: a bundle without views, beside the journal.

        Raises:
            LeakError: a file would hold a secret.
            OSError: the disk, or the archive.
        """
        net = Secrets(secrets, published=schema())
        record = redact(build(evidence, load(evidence.product)), net)
        place = self.kept(evidence.entry, evidence.run_id)
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(place, chain([(RECORD, record.text())], _sources(evidence, net)), net)
        self._send(place)

    def release(self, entry: str, run_id: str) -> None:
        """Remove what was kept for whoever takes an upgrade up: its evidence holds it all."""
        shutil.rmtree(self.kept(entry, run_id), ignore_errors=True)

    def kept(self, entry: str, run_id: str) -> Path:
        """Where a run has kept how things were before it executed."""
        return self.root / self._journal(entry, run_id) / BASELINE

    def _journal(self, entry: str, run_id: str) -> str:
        return f"{JOURNALS}/{latest.safe_name(entry)}/{latest.safe_name(run_id)}"

    def write(self, evidence: Evidence, secrets: Iterable[str] = ()) -> Written:
        """Write the evidence of a run, then fill `latest.json`.

        Raises:
            LeakError: a file would hold a secret; none is left.
            OSError: the disk.
        """
        if self._room is not None:
            self._room.close()
        net = Secrets(secrets, published=html.published() + schema())
        record = redact(build(evidence, load(evidence.product)), net)
        bundle = self.root / _bundle_name(evidence)
        _write_whole(bundle, chain(views.render(record), self._events(evidence), _sources(evidence, net)), net)
        written = Written(
            record=record,
            bundle=bundle,
            report=bundle / views.REPORT,
            junit=bundle / views.JUNIT,
            plan=bundle / PLAN if evidence.bound else None,
        )
        latest.fill(self.root, evidence.entry, self._told(evidence, written))
        return written

    def send(self, evidence: Evidence, written: Written) -> str:
        """Put the evidence of a run into the archive; why it is not there, which `latest.json` tells by its exit code."""
        try:
            self._send(written.bundle)
        except OSError as error:
            told = self._told(evidence, written)
            latest.fill(self.root, evidence.entry, told | {"exit_code": evidence.decision.exit_code or NO_EVIDENCE})
            return f"{error}; it is in {written.bundle}"
        return ""

    def _send(self, folder: Path) -> None:
        if self.archive is not None:
            send(self.archive, self.root, folder)

    def _events(self, evidence: Evidence) -> Iterator[tuple[str, str]]:
        """The journal, as far as it has come; none of a run that asked for no change."""
        with suppress(FileNotFoundError):
            path = self.chain(evidence.entry, evidence.journal).path
            yield EVENTS, path.read_text(encoding="utf-8", errors="backslashreplace")

    def _told(self, evidence: Evidence, written: Written) -> dict[str, object]:
        return {
            "run": evidence.run_id,
            "bundle": self._relative(written.bundle),
            "plan": self._relative(written.plan) if written.plan else None,
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
    run = run_part(evidence.run_id)
    change = latest.safe_name(evidence.review.change_id) if evidence.review.change_id else "nochange"
    return f"{change}_{latest.safe_name(evidence.entry)}_{finished}_{run}"


def run_part(run_id: str) -> str:
    """How the name of a run's bundle ends."""
    return re.sub(r"[^a-z0-9]", "", run_id.lower())[-8:]


def _sources(evidence: Evidence, net: Secrets) -> Iterator[tuple[str, str]]:
    """What the record only names: the plan, and the templates, which a later run compares with."""
    if evidence.bound is not None:
        yield PLAN, evidence.bound.text()
    templates = {} if evidence.before is None else {DEPLOYED: evidence.before.template, TARGET: evidence.before.target}
    for name, template in templates.items():
        if isinstance(template, Known):
            yield name, net.clean(template.value.text)[0]


def _write_whole(folder: Path, files: Iterable[tuple[str, str]], net: Secrets) -> None:
    """Write a folder that has its name only when it is whole."""
    making = folder.with_name(f".{folder.name}{PARTIAL}")
    try:
        _write_bundle(making, files, net)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    disk.sync(folder.parent)


def _write_bundle(folder: Path, files: Iterable[tuple[str, str]], net: Secrets) -> None:
    sums: dict[str, str] = {}
    for name, text in files:
        net.scan(name, text)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        disk.write(path, text)
        with path.open("rb") as written:
            sums[name] = hashlib.file_digest(written, "sha256").hexdigest()
    disk.write(folder / MANIFEST, "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))
    for directory in {folder, *((folder / name).parent for name in sums)}:
        disk.sync(directory)
