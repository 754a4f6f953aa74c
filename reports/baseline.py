"""An earlier run's evidence as facts again: what `--verify` compares with.

Only what was read before an upgrade is a baseline; the evidence of a run that judged an upgrade afterwards has it, too.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reports.part import Asked
from reports.record import Check, Record
from reports.recorded import NOT_HELD, plan, snapshot, texts
from reports.views import RECORD
from upgrade.errors import UsageError
from upgrade.facts.baseline import Baseline
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.gate.mode import Mode


def newest(folder: Path, entry: str, account: str) -> Path | None:
    """The newest evidence in a folder that knows how a stack was before an upgrade; None if there is none."""
    found = [(record.run.started, bundle) for bundle, record in records(folder) if _fits(record, entry, account)]
    return max(found)[1] if found else None


def is_of(bundle: Path, entry: str, account: str) -> bool:
    """Whether evidence knows how this stack was before an upgrade."""
    record = record_in(bundle)
    return record is not None and _fits(record, entry, account)


def read(bundle: Path) -> Baseline:
    """The baseline in a folder of evidence.

    Raises:
        UsageError: there is none, or it can't be understood.
    """
    record = record_in(bundle)
    if record is None:
        raise UsageError(
            f"--baseline={bundle}: no record of this version of Plimsoll ({RECORD}): name the folder of a run"
        )
    if not _is_baseline(record):
        raise UsageError(
            f"--baseline={bundle}: that run has not read how the stack was before an upgrade: name the folder of a gate, "
            "a plan ahead or an upgrade"
        )
    return Baseline(str(bundle), _snapshot(record, bundle), _plan(record))


def checks(bundle: Path) -> tuple[Check, ...]:
    """What the checks said by then; none if it can't be read."""
    record = record_in(bundle)
    return record.checks if record else ()


def records(folder: Path) -> Iterator[tuple[Path, Record]]:
    """Every record in a folder of evidence that this version can read, and where it lies."""
    for path in sorted(folder.glob(f"[!.]*/{RECORD}")):  # a name with a dot is one that is being written
        record = record_in(path.parents[1])
        if record is not None:
            yield path.parents[1], record


def record_in(bundle: Path) -> Record | None:
    """The record in a folder of evidence; None if there is none that this version can read."""
    try:
        return Record.model_validate(json.loads((bundle / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError, RecursionError):
        return None


def _fits(record: Record, entry: str, account: str) -> bool:
    return (record.subject.entry, record.subject.account) == (entry, account) and _is_baseline(record)


def _is_baseline(record: Record) -> bool:
    return record.run.mode not in {Mode.VERIFY, Mode.RECOVER} and record.before.stack.state is Asked.KNOWN


def _snapshot(record: Record, bundle: Path) -> Snapshot:
    unread = Unknown(Reason.BLOCKED, "the earlier run did not read it", "", record.run.started)
    found = snapshot(record.before, texts(bundle, record.before), record.run.started)
    missing = {each.name for each in fields(found) if _is_missing(getattr(found, each.name))} | _OF_OTHERS
    prediction = _without_templates(found.prediction) if "prediction" not in missing else unread
    told: dict[str, Any] = {**dict.fromkeys(missing, unread), "prediction": prediction, "denied": ()}
    return replace(found, **told)


_OF_OTHERS = {"deploy_role", "backup", "nested_targets", "nested_templates", "processed"}
"""What hangs on other stacks and other templates is no baseline: postflight checks never ask for it."""


def _is_missing(fact: object) -> bool:
    return fact is NOT_HELD or (isinstance(fact, Unknown) and fact.reason is Reason.NOT_ASKED)


def _plan(record: Record) -> Fact[Plan] | None:
    if record.plan.state is Asked.NOT_ASKED:
        return None
    return _without_templates(plan(record.plan, {}, record.run.started))


def _without_templates(made: Fact[Plan]) -> Fact[Plan]:
    if not isinstance(made, Known):
        return made
    unread = Unknown(Reason.BLOCKED, "an earlier run read it", "", made.at)
    return Known(replace(made.value, template=unread, processed=unread), made.at)
