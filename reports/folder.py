"""The evidence folder: one folder a run, for people and auditors.

A run's folder appears under its own name only when it is whole and holds no secret.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO

from reports import attempts, disk, latest, views
from reports.archive import (
    BASELINE,
    JOURNAL,
    JOURNALS,
    PARTIAL,
    Archive,
    ArchivedChain,
    fetch,
    fetch_bundle,
    send,
)
from reports.build import build, is_sandbox
from reports.chain import Chain
from reports.record import Record, schema
from reports.redact import Secrets, redact
from reports.seal import bag, guide, writing
from reports.seal.sealing import completed
from reports.seal.signer import Signer, integrity
from reports.views import DEPLOYED, EVENTS, MANIFEST, PLAN, RECORD, TARGET
from upgrade.config.product import load
from upgrade.facts.known import Known
from upgrade.facts.seal import Kind
from upgrade.gate.decision import NO_EVIDENCE
from upgrade.gate.evidence import Evidence

_CI_FOLDERS = ("CI_PROJECT_DIR", "WORKSPACE")
"""Where GitLab and Jenkins tell the folder they work in; without them it is the current one."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a run left."""

    record: Record
    bundle: Path
    report: Path
    junit: Path
    plan: Path | None
    """Where there is a plan to execute."""
    problems: tuple[str, ...] = ()
    """Why the evidence is not complete, a sentence each; `python -m reports seal` completes it."""

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
        self.signer: Signer | None = None
        """What seals it; None: it stays unsigned, and says so."""
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
        writing.write(place, chain([(RECORD, record.text())], _sources(evidence, net)), net)
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
        """Write the evidence of a run and seal it, then fill `latest.json`.

        Where the folder can't be written it is written elsewhere on this machine, and what is missing is told: the update
        has happened, whatever becomes of the evidence folder.

        Raises:
            LeakError: a file would hold a secret; none is left.
            OSError: the disk, here and elsewhere.
        """
        if self._room is not None:
            self._room.close()
        net = Secrets(secrets, published=views.published())
        record = self._record(evidence, net)
        try:
            bundle, lost = self._bundle(self.root, record, evidence, net), ""
        except OSError as error:
            bundle = self._bundle(Path(tempfile.mkdtemp(prefix="plimsoll-evidence-")), record, evidence, net)
            lost = f"{self.root} can't be written ({error.strerror or error}); the evidence is in {bundle}"
        unsealed = completed(bundle, record, self._signer_for(evidence))
        written = Written(
            record=record,
            bundle=bundle,
            report=bundle / views.REPORT,
            junit=bundle / views.JUNIT,
            plan=bundle / PLAN if evidence.bound else None,
            problems=tuple(filter(None, [lost, unsealed])),
        )
        if not lost:
            latest.fill(self.root, evidence.entry, self._told(written))
        return written

    def send(self, written: Written) -> Written:
        """Put the evidence of a run into the archive; if that fails it says so, and `latest.json` by its exit code."""
        try:
            self._send(written.bundle)
        except (OSError, ValueError) as error:
            written = replace(written, problems=(*written.problems, f"{error}; it is in {written.bundle}"))
            self.correct(written)
        return written

    def correct(self, written: Written) -> bool:
        """Say anew in `latest.json` what became of a run, if it still tells of that one; whether it does. Raises OSError."""
        record = written.record
        return latest.correct(self.root, record.subject.entry, record.run.id, self._told(written))

    def _record(self, evidence: Evidence, net: Secrets) -> Record:
        seal = integrity(self.signer)
        account = str(evidence.configuration.get("account_id", ""))
        before = attempts.read(self.root, evidence.entry, account, evidence.target, sandbox=is_sandbox(evidence))
        return redact(build(evidence, load(evidence.product), seal, before), net)

    def _bundle(self, root: Path, record: Record, evidence: Evidence, net: Secrets) -> Path:
        bundle = root / _bundle_name(evidence)
        files = chain(views.render(record, _place(bundle)), self._events(evidence), _sources(evidence, net))
        writing.write(bundle, files, net, bag.Tags(_labels(record, bundle.name), guide.text(record)))
        return bundle

    def _signer_for(self, evidence: Evidence) -> Signer | None:
        """What seals now: a run that was stopped does not wait for an answer, which may never come."""
        stopped = evidence.decision.stopped_by is not None
        return None if stopped and self.signer and self.signer.kind is Kind.AWS_KMS else self.signer

    def _send(self, folder: Path) -> None:
        if self.archive is not None:
            send(self.archive, self.root if folder.is_relative_to(self.root) else folder.parent, folder)

    def _events(self, evidence: Evidence) -> Iterator[tuple[str, str]]:
        """The journal, as far as it has come; none of a run that asked for no change."""
        with suppress(FileNotFoundError, NotADirectoryError):  # the second: the folder was lost meanwhile
            path = self.chain(evidence.entry, evidence.journal).path
            yield EVENTS, path.read_text(encoding="utf-8", errors="backslashreplace")

    def _told(self, written: Written) -> dict[str, object]:
        record = written.record
        exit_code = record.conclusion.exit_code
        return {
            "run": record.run.id,
            "bundle": self._relative(written.bundle),
            "plan": self._relative(written.plan) if written.plan else None,
            "report": self._relative(written.report),
            "junit": self._relative(written.junit),
            "verdict": record.conclusion.verdict,
            "exit_code": (exit_code or NO_EVIDENCE) if written.problems else exit_code,
            "stack": record.subject.entry,
            "mode": record.run.mode,
            "sandbox": record.sandbox,
        }

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _bundle_name(evidence: Evidence) -> str:
    finished = evidence.finished.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ").lower()
    run = run_part(evidence.run_id)
    change = latest.safe_name(evidence.review.change_id) if evidence.review.change_id else "nochange"
    return f"{change}_{latest.safe_name(evidence.entry)}_{finished}_{run}"


def _place(bundle: Path) -> str:
    """The bundle's path inside the folder that CI works in; empty outside of it, from where no CI takes a file."""
    root = Path(next((os.environ[name] for name in _CI_FOLDERS if os.environ.get(name)), "")).absolute()
    seen = bundle.absolute()
    return seen.relative_to(root).as_posix() if seen.is_relative_to(root) else ""


def _labels(record: Record, name: str) -> dict[str, str]:
    """Of bag-info.txt, with which a later run knows what this one was without reading its record."""
    run, subject, conclusion = record.run, record.subject, record.conclusion
    about = {
        "run": run.id,
        "entry": subject.entry,
        "account": subject.account,
        "target": subject.target,
        "sandbox": record.sandbox,
        "mode": run.mode,
        "verdict": conclusion.verdict,
        "exit_code": conclusion.exit_code,
        "started": run.started.isoformat(),
        "finished": run.finished.isoformat(),
        "caller": subject.caller,
        "seal": record.integrity.seal,
    }
    agent = {"Bag-Software-Agent": f"Plimsoll {record.environment.get('plimsoll', '')}".strip()}
    return {
        "External-Identifier": name,
        "Bagging-Date": run.finished.date().isoformat(),
        **agent,
        **attempts.told(about),
    }


def run_part(run_id: str) -> str:
    """How the name of a run's bundle ends."""
    return re.sub(r"[^a-z0-9]", "", run_id.lower())[-8:]


def _sources(evidence: Evidence, net: Secrets) -> Iterator[tuple[str, str]]:
    """What the record only names: the plan, and the templates, which a later run compares with."""
    yield MANIFEST, evidence.manifest
    if evidence.bound is not None:
        yield PLAN, evidence.bound.text()
    templates = {} if evidence.before is None else {DEPLOYED: evidence.before.template, TARGET: evidence.before.target}
    for name, template in templates.items():
        if isinstance(template, Known):
            yield name, net.clean(template.value.text, where=name, apart=True)[0]
