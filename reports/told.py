"""What stands in the way and what only warns, as a person reads it: of checks that could not tell, each cause once. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reports.part import Fact
from reports.record import Check, Record
from upgrade.catalogue import Outcome
from upgrade.facts.known import Reason, Unknown

TOLD = frozenset({Outcome.FAIL, Outcome.ERROR, Outcome.NOT_RUN, Outcome.WARN})
"""Outcomes that are told one by one; BLOCKED only follows from those."""

LOOK = "gate-may-look"
"""The check that tells what to allow: wherever something was denied, that is what to do."""

REMEDIES = {
    Reason.DENIED: "allow this to the user or role it names (docs/iam-policy.json holds all that Plimsoll needs), then run again",
    Reason.EXPIRED: "sign in again, then run again",
    Reason.CLOCK: "set this machine's clock, then run again",
    Reason.THROTTLED: "wait a few minutes, then run again: too many calls were made in this account at once",
    Reason.TIMED_OUT: "run again; if it stays so, see whether AWS can be reached from here (network, proxy, VPC endpoint)",
    Reason.NOT_FOUND: "find out why it does not exist, then run again",
    Reason.FAILED: "mend what AWS names as the cause, then run again",
    Reason.MALFORMED: "run again; if it stays so, the answer is one that this version of Plimsoll does not understand",
}
ONE = frozenset({Reason.DENIED, Reason.EXPIRED, Reason.CLOCK, Reason.THROTTLED})
"""Reasons that make one cause, whatever could not be read."""
OTHERWISE = "mend what this names, then run again"


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Checks that could not be judged for one cause."""

    causes: tuple[str, ...]
    """What could not be read and why, in AWS's words; each once."""
    remedy: str
    paste: str
    checks: tuple[Check, ...]
    """All that this keeps from telling, in running order."""

    @property
    def stops(self) -> bool:
        """Whether one of them must hold."""
        return any(check.stops for check in self.checks)

    @property
    def title(self) -> str:
        """The check's id, or how many they are."""
        return self.checks[0].id if len(self.checks) == 1 else f"{len(self.checks)} checks could not be judged"

    @property
    def must_hold(self) -> tuple[Check, ...]:
        """Those that keep the gate shut."""
        return tuple(check for check in self.checks if check.stops)

    @property
    def only_warn(self) -> tuple[Check, ...]:
        """The rest."""
        return tuple(check for check in self.checks if not check.stops)


@dataclass(frozen=True, slots=True)
class Section:
    """Blockers, or warnings."""

    checks: tuple[Check, ...]
    """Those that say something of their own."""
    causes: tuple[Unjudged, ...]
    """Why others can say nothing."""

    @property
    def number(self) -> int:
        """Of checks; those that would only warn do not count as blockers."""
        return len(self.checks) + sum(len(cause.must_hold or cause.checks) for cause in self.causes)


def blockers(record: Record) -> Section:
    """What stands in the way: not what only could not run because of it."""
    return _section(record, stops=True)


def warnings(record: Record) -> Section:
    """What stops nothing; a blocker's lesser findings, and what can't be judged for the cause of one, stand with it."""
    return _section(record, stops=False)


def _section(record: Record, *, stops: bool) -> Section:
    causes = unjudged(record)
    waiting = {check.id for cause in causes for check in cause.checks}
    alone = (check for check in record.checks if check.outcome in TOLD and check.id not in waiting)
    return Section(
        tuple(check for check in alone if check.stops == stops),
        tuple(cause for cause in causes if cause.stops == stops),
    )


def unjudged(record: Record) -> tuple[Unjudged, ...]:
    """What could not be read and which checks wait for it, by cause. A check that says more than that is not among them."""
    reasons = {str(unknown): unknown.reason for unknown in _all_unknown(record)}
    waiting: defaultdict[tuple[Reason | None, str], list[Check]] = defaultdict(list)
    for check in record.checks:
        if check.outcome is Outcome.ERROR and check.detail and not check.findings:
            waiting[_cause(reasons.get(check.detail), check.detail)].append(check)
    return tuple(_told(record, reason, checks) for (reason, _), checks in waiting.items())


def _cause(reason: Reason | None, detail: str) -> tuple[Reason | None, str]:
    """What makes two causes one: all denials are mended in one policy, and an expired session by signing in."""
    return (reason, "" if reason in ONE else detail)


def _told(record: Record, reason: Reason | None, checks: list[Check]) -> Unjudged:
    causes = tuple(dict.fromkeys(check.detail for check in checks))
    look = [each for each in record.checks if each.id == LOOK and each.outcome is Outcome.ERROR and each.findings]
    if reason is Reason.DENIED and look:
        finding = look[0].findings[0]
        together = [check for check in record.checks if check in [*look, *checks]]
        return Unjudged((finding.found, *causes), finding.remedy, finding.paste, tuple(together))
    return Unjudged(causes, REMEDIES.get(reason, OTHERWISE) if reason else OTHERWISE, "", tuple(checks))


def _all_unknown(record: Record) -> Iterator[Unknown]:
    for state in (record.before, record.after):
        for name in type(state).model_fields:
            yield from _unknown(getattr(state, name))
    yield from _unknown(record.plan)
    for own in record.own_facts.values():
        yield from _unknown(own)


def _unknown(fact: object) -> Iterator[Unknown]:
    """The fact, if it could not be read; of a mapping of facts, those that could not. What only waits for one is none."""
    if not isinstance(fact, Fact):
        return
    if fact.reason and fact.at and fact.reason is not Reason.BLOCKED:
        yield Unknown(fact.reason, fact.detail, fact.call, fact.at)
    if isinstance(fact.value, Mapping):
        for each in fact.value.values():
            yield from _unknown(each)
