"""The story of a run: what happened when, in the order of time. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reports.page.gantt import turned_back
from reports.page.words import verdict_tone
from reports.part import Asked, Fact
from reports.record import Check, Record
from reports.state import State
from reports.text import count
from upgrade.catalogue import Phase
from upgrade.facts.operation import Ending, Operation
from upgrade.gate.mode import COURSES, Mode

CHECKS = {
    Phase.FACTS: "Preflight: what is deployed",
    Phase.PLAN: "Preflight: what is planned",
    Phase.POSTFLIGHT: "Postflight",
    Phase.STUCK: "Preflight: how the stack is stuck",
    Phase.RECOVERED: "After the recovery",
}
"""Phases whose checks are a chapter of their own; an operation tells its own."""

_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Chapter:
    """Something that happened, or that the run did not come to."""

    title: str
    told: str
    """A sentence. It may hold text from AWS."""
    at: datetime | None = None
    """None: it did not come to that."""
    until: datetime | None = None
    """None: it took no time worth telling."""
    tone: str = "calm"


def story(record: Record) -> list[Chapter]:
    """The chapters; what the run did not come to stands before the verdict, which is last."""
    chapters = [
        *_said(record),
        _started(record),
        *_facts("Facts read", record.before),
        *(_checks(phase, record) for phase in CHECKS if any(check.phase is phase for check in record.checks)),
        *_plan(record),
        *_operation(record),
        *(_facts("Facts read again", record.after) if record.operation or record.run.mode is Mode.VERIFY else ()),
    ]
    return [*sorted(chapters, key=lambda chapter: chapter.at or _END), _verdict(record)]


def _said(record: Record) -> Iterator[Chapter]:
    for said in record.review.acknowledgements:
        yield Chapter("Acknowledged", f"by {said.by}: {said.id}", said.at)
    for approval in record.review.approvals:
        if approval.problem:
            yield Chapter(
                "Approval that cannot count",
                f"{approval.name or 'no name'}: {approval.problem}",
                approval.at,
                tone="bad",
            )
        else:
            yield Chapter("Approved", f"{approval.name}: {approval.meaning}", approval.at)


def _started(record: Record) -> Chapter:
    return Chapter(
        "Run started",
        f"by {record.subject.caller or 'a caller who is not known'}, in mode {record.run.mode}",
        record.run.started,
    )


def _facts(title: str, state: State) -> Iterator[Chapter]:
    facts = [fact for name in State.model_fields if isinstance(fact := getattr(state, name), Fact)]
    times = [fact.at for fact in facts if fact.at]
    states = Counter(fact.state for fact in facts)
    if not times:
        yield Chapter(title, "the run did not come to it")
        return
    unread = states[Asked.UNKNOWN]
    told = count(states[Asked.KNOWN], "fact") + (f", {unread} could not be read" if unread else "")
    yield Chapter(title, told, min(times), max(times), "warn" if unread else "calm")


def _checks(phase: Phase, record: Record) -> Chapter:
    checks = [check for check in record.checks if check.phase is phase]
    outcomes = Counter(check.outcome for check in checks)
    told = f"{count(len(checks), 'check')}: {', '.join(f'{number} {outcome}' for outcome, number in outcomes.items())}"
    stopped = any(check.stops for check in checks)
    return Chapter(CHECKS[phase], told, *_span(checks), "bad" if stopped else "good")


def _span(checks: Iterable[Check]) -> tuple[datetime | None, datetime | None]:
    spans = [(check.started, check.started + timedelta(seconds=check.seconds)) for check in checks if check.started]
    return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else (None, None)


def _plan(record: Record) -> Iterator[Chapter]:
    plan = record.plan
    if plan.value:
        yield Chapter(
            "Change set made", f"{count(len(plan.value.changes), 'change')}, {plan.value.status}", plan.value.created
        )
    elif plan.state is Asked.UNKNOWN:
        yield Chapter("No change set", f"{plan.reason}: {plan.detail}", plan.at, tone="bad")
    elif COURSES[record.run.mode].plans:
        yield Chapter("Change set", plan.detail)


def _operation(record: Record) -> Iterator[Chapter]:
    operation = record.operation
    if operation is None:
        if COURSES[record.run.mode].executes:
            yield Chapter("Execution", "nothing was executed")
        return
    if operation.ending is Ending.REFUSED:
        yield Chapter("Execution refused", operation.detail, operation.started, tone="bad")
        return
    by = f", by run {operation.adopted_from}; this run has taken it up" if operation.adopted_from else ""
    yield Chapter("Executed", f"token {operation.token}{by}", operation.started)
    yield from _turned(record, operation)
    good = operation.ending is Ending.COMPLETE
    told = f"{count(len(operation.events), 'event')} of this operation"
    yield Chapter(f"Watched: {operation.ending}", told, operation.finished, tone="good" if good else "bad")


def _turned(record: Record, operation: Operation) -> Iterator[Chapter]:
    if operation.cause:
        yield Chapter(
            "First failure", f"{operation.cause.logical_id}: {operation.cause.reason}", operation.cause.at, tone="bad"
        )
    turn = turned_back(record)
    if turn:
        yield Chapter("CloudFormation turned back", turn.reason or "it restores the old state", turn.at, tone="warn")


def _verdict(record: Record) -> Chapter:
    conclusion = record.conclusion
    tone = verdict_tone(conclusion.verdict)
    return Chapter(
        f"Verdict: {conclusion.verdict}", f"exit code {conclusion.exit_code}", record.run.finished, tone=tone
    )
