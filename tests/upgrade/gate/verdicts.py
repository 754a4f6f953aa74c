"""Ledgers and operations of a few words each, and what is decided on them."""

from datetime import UTC, datetime
from typing import Any

from upgrade.catalogue import CheckInfo, Finding, Outcome, Phase, Severity
from upgrade.facts.operation import Ending, Operation
from upgrade.gate.decision import Decision, Happened, decide
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Mode

NOW = datetime(2026, 11, 23, tzinfo=UTC)


HOLDS = [Outcome.PASS, Outcome.WARN, Outcome.NOT_APPLICABLE, Outcome.WAIVED]


def info(
    id_: str = "a", phase: Phase = Phase.FACTS, severity: Severity = Severity.BLOCKER, *, baseline: bool = False
) -> CheckInfo:
    return CheckInfo(
        id=id_,
        title="t",
        severity=severity,
        phase=phase,
        why="w",
        remedy="r",
        requirement="",
        references=(),
        guards_plan=False,
        compares_baseline=baseline,
        file="f",
    )


def entry(outcome: Outcome, id_: str = "a", phase: Phase = Phase.FACTS, severity: Severity = Severity.BLOCKER) -> Entry:
    return Entry(info(id_, phase, severity), outcome, findings=(Finding("f", "e", "d"),))


def operation(ending: Ending) -> Operation:
    return Operation(ending, "token", "arn", NOW, NOW, (), None, "the update ended")


FULL = (
    entry(Outcome.PASS, "facts"),
    entry(Outcome.PASS, "plan", Phase.PLAN),
    entry(Outcome.PASS, "upgrade", Phase.UPGRADE),
    entry(Outcome.PASS, "after", Phase.POSTFLIGHT),
)


def decided(
    entries: tuple[Entry, ...] = FULL,
    mode: Mode = Mode.UPGRADE,
    op: Operation | None = None,
    **more: Any,
) -> Decision:
    return decide(Happened(mode, entries, op, **more))


ADOPTED = (
    entry(Outcome.PASS, "facts"),
    entry(Outcome.BLOCKED, "plan", Phase.PLAN),
    *FULL[2:],
)
