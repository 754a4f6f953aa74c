"""Earlier upgrades of another stack, from their evidence: what `was-rehearsed` asks for."""

import hashlib
from pathlib import Path

from reports.archive import MANIFEST
from reports.baseline import records
from reports.part import Asked
from reports.record import Record
from reports.views import RECORD
from upgrade.facts.review import Rehearsal
from upgrade.gate.mode import Mode


def read(folder: Path, entry: str, account: str, *, sandbox: bool) -> tuple[Rehearsal, ...]:
    """Every upgrade of a stack whose evidence lies in a folder, whatever became of it; the newest first.

    Args:
        folder: of the evidence.
        entry: the stack's entry in stacks.toml.
        account: its account.
        sandbox: whether this run is in a sandbox. What happened in one proves nothing outside.
    """
    found = [
        _rehearsal(bundle, record)
        for bundle, record in records(folder)
        if record.run.mode is Mode.UPGRADE
        and (record.subject.entry, record.subject.account, record.sandbox) == (entry, account, sandbox)
        and _is_whole(bundle)
    ]
    return tuple(sorted(found, key=lambda each: each.finished, reverse=True))


def _rehearsal(bundle: Path, record: Record) -> Rehearsal:
    target = record.before.target
    known = target.state is Asked.KNOWN and target.value is not None
    return Rehearsal(
        bundle=bundle.name,
        verdict=record.conclusion.verdict,
        template_sha256=target.value.sha256 if known and target.value else "",
        finished=record.run.finished,
    )


def _is_whole(bundle: Path) -> bool:
    """Whether the record is the one that was written."""
    try:
        sha256 = hashlib.sha256((bundle / RECORD).read_bytes()).hexdigest()
        return f"{sha256}  {RECORD}" in (bundle / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return False
