"""An earlier run's evidence as facts again: what `--verify` compares with.

Only what was read before an upgrade is a baseline; the evidence of a run that judged an upgrade afterwards has it, too.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reports.changes import Plan as PlanPart
from reports.part import Asked, Fact
from reports.record import Check, Record
from reports.state import State
from reports.template_file import TemplateFile
from reports.views import DEPLOYED, RECORD, TARGET
from upgrade.errors import UsageError
from upgrade.facts.baseline import Baseline
from upgrade.facts.changes import NOT_READ, Plan, ResourceChange
from upgrade.facts.known import Fact as FactOf
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Stack, Template
from upgrade.gate.mode import Mode
from upgrade.rules.confidential import REDACTED
from upgrade.template.decode import MalformedTemplate
from upgrade.template.read import parse
from upgrade.template.resolve import MASKED


def newest(folder: Path, entry: str, account: str) -> Path | None:
    """The newest evidence in a folder that knows how a stack was before an upgrade; None if there is none."""
    found = [(record.run.started, bundle) for bundle, record in records(folder) if _fits(record, entry, account)]
    return max(found)[1] if found else None


def is_of(bundle: Path, entry: str, account: str) -> bool:
    """Whether evidence knows how this stack was before an upgrade."""
    record = _record(bundle)
    return record is not None and _fits(record, entry, account)


def read(bundle: Path) -> Baseline:
    """The baseline in a folder of evidence.

    Raises:
        UsageError: there is none, or it can't be understood.
    """
    record = _record(bundle)
    if record is None:
        raise UsageError(
            f"--baseline={bundle}: no record of this version of Plimsoll ({RECORD}): name the folder of a run"
        )
    if not _is_baseline(record):
        raise UsageError(
            f"--baseline={bundle}: that run has not read how the stack was before an upgrade: name the folder of a gate, "
            "a plan ahead or an upgrade"
        )
    plan = record.plan
    return Baseline(str(bundle), _snapshot(record, bundle), _plan(plan) if _asked(plan) else None)


def checks(bundle: Path) -> tuple[Check, ...]:
    """What the checks said by then; none if it can't be read."""
    record = _record(bundle)
    return record.checks if record else ()


def records(folder: Path) -> Iterator[tuple[Path, Record]]:
    """Every record in a folder of evidence that this version can read, and where it lies."""
    for path in sorted(folder.glob(f"[!.]*/{RECORD}")):  # a name with a dot is one that is being written
        record = _record(path.parents[1])
        if record is not None:
            yield path.parents[1], record


def _record(bundle: Path) -> Record | None:
    try:
        return Record.model_validate(json.loads((bundle / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError, RecursionError):
        return None


def _fits(record: Record, entry: str, account: str) -> bool:
    return (record.subject.entry, record.subject.account) == (entry, account) and _is_baseline(record)


def _is_baseline(record: Record) -> bool:
    return record.run.mode not in {Mode.VERIFY, Mode.RECOVER} and record.before.stack.state is Asked.KNOWN


def _snapshot(record: Record, bundle: Path) -> Snapshot:
    state, unread = record.before, Unknown(Reason.BLOCKED, "the earlier run did not read it", "", record.run.started)
    facts: dict[str, Any] = {name: _fact(getattr(state, name)) for name in State.model_fields if name != "denied"}
    facts["template"] = _template(state.template, bundle / DEPLOYED)
    facts["target"] = _template(state.target, bundle / TARGET)
    facts["prediction"] = _plan(state.prediction)
    # What hangs on other stacks and other templates is no baseline: postflight checks never ask for it.
    facts |= dict.fromkeys(("deploy_role", "backup", "nested_targets", "nested_templates", "processed"))
    told: dict[str, Any] = {name: unread if fact is None else fact for name, fact in facts.items()}
    return Snapshot(**told)


def _asked(fact: Fact[Any]) -> bool:
    return fact.state is not Asked.NOT_ASKED


def _fact(fact: Fact[Any]) -> FactOf[Any] | None:
    if fact.state is Asked.KNOWN and fact.at is not None:
        return Known(_value(fact.value), fact.at)
    if fact.state is Asked.UNKNOWN and fact.at is not None and fact.reason is not None:
        return Unknown(fact.reason, fact.detail, fact.call, fact.at)
    return None


def _value(value: Any) -> Any:
    """A value with the facts in it as the gate has them."""
    if isinstance(value, Fact):
        return _fact(value)
    if isinstance(value, Stack):
        return replace(value, parameters=_masked(value.parameters), tags=_masked(value.tags))
    return {key: _value(each) for key, each in value.items()} if isinstance(value, dict) else value


def _masked(values: Mapping[str, str]) -> dict[str, str]:
    """Values as CloudFormation shows secret ones, where the record holds none: they can't be compared."""
    return {name: MASKED if REDACTED in value else value for name, value in values.items()}


def _template(fact: Fact[TemplateFile], path: Path) -> FactOf[Template] | None:
    file = _fact(fact)
    if not isinstance(file, Known):
        return file
    try:
        read = parse(path.read_bytes(), file.value.source)
    except (OSError, MalformedTemplate) as error:
        return Unknown(Reason.MALFORMED, f"{path}: {error}", "", file.at)
    # Its digest and size are those of what was read then: the file is without the secrets that stood in it.
    return Known(replace(read, sha256=file.value.sha256, size=file.value.size), file.at)


def _plan(fact: Fact[PlanPart]) -> FactOf[Plan] | None:
    plan = _fact(fact)
    if not isinstance(plan, Known):
        return plan
    told = plan.value
    changes = tuple(
        ResourceChange(**{name: getattr(each, name) for name in type(each).model_fields if name != "kind"})
        for each in told.changes
    )
    unread = Unknown(Reason.BLOCKED, "an earlier run read it", "", plan.at)
    others = {"changes", "parameters", "tags", "template", "processed", "validations", "hooks"}
    same = {name for name in PlanPart.model_fields if name not in others}
    return Known(
        Plan(
            **{name: getattr(told, name) for name in same},
            changes=changes,
            parameters=_masked(told.parameters),
            tags=_masked(told.tags),
            template=unread,
            processed=unread,
            validations=_fact(told.validations) or NOT_READ,
            hooks=_fact(told.hooks) or NOT_READ,
        ),
        plan.at,
    )
