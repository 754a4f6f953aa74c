"""Waivers: findings that somebody has answered for, one by one, until a day. Pure.

A waiver names one finding of one stack on its way from one version to another, by its fingerprint; it never covers that a
check could not tell, and what is found differently tomorrow is another finding.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from upgrade.catalogue import Finding, Outcome
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.config.tables import Waiver
from upgrade.facts.known import Known
from upgrade.facts.snapshot import Snapshot
from upgrade.gate.ledger import Entry
from upgrade.rules.versions import version_pair

NEVER_WAIVED = frozenset({
    "account-is-the-expected-one", "change-is-approved", "change-set-is-ready", "upgrade", "update-is-complete",
    "stack-is-stuck-in-its-rollback", "skips-are-allowed", "skips-are-acknowledged", "recovery",
})  # fmt: skip
"""Checks without which the rest means nothing, or that stand for somebody else's consent."""

SOON = timedelta(days=14)
"""A waiver that ends within this time is told."""

_RUN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
"""A run's id, as the name of our change set carries it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a fingerprint is bound to beside the finding itself."""

    account: str
    region: str
    stack: str
    deployed: str
    """Version mark of the deployed template; where it carries none, the beginning of its sha256."""
    target: str


class State(StrEnum):
    """What became of a waiver in a run."""

    USED = "used"
    UNUSED = "unused"
    """Nothing was found that it covers: it may go."""
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Judged:
    """A waiver and what became of it."""

    waiver: Waiver
    state: State
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a stack at one moment."""

    configured: tuple[Waiver, ...]
    scope: Scope
    at: datetime

    def marked(self, entry: Entry) -> Entry:
        """The result with the fingerprint of each of its findings."""
        return replace(
            entry,
            findings=tuple(
                replace(finding, fingerprint=fingerprint(_question(entry), finding, self.scope))
                for finding in entry.findings
            ),
        )

    def applied(self, entry: Entry) -> Entry:
        """WAIVED in place of FAIL, if every blocking finding of a marked result is covered by a waiver in force."""
        blocking = [finding for finding in entry.findings if finding.blocking]
        if entry.outcome is not Outcome.FAIL or entry.check.id in NEVER_WAIVED or not blocking:
            return entry
        covers = [self._cover(entry, finding) for finding in blocking]
        if not all(covers):
            return entry
        detail = "; ".join(dict.fromkeys(_told(waiver) for waiver in covers if waiver))
        return replace(entry, outcome=Outcome.WAIVED, detail=detail)

    def judged(self, entries: Iterable[Entry]) -> tuple[Judged, ...]:
        """What became of each waiver, given all results."""
        found = {
            (name, finding.fingerprint) for entry in entries for name in _names(entry) for finding in entry.findings
        }
        return tuple(
            Judged(
                waiver,
                State.EXPIRED if waiver.expires <= self.at else _used((waiver.check, waiver.finding) in found),
                ends_soon=self.at < waiver.expires <= self.at + SOON,
            )
            for waiver in self.configured
        )

    def _cover(self, entry: Entry, finding: Finding) -> Waiver | None:
        return next(
            (
                waiver
                for waiver in self.configured
                if waiver.check in _names(entry) and waiver.finding == finding.fingerprint and waiver.expires > self.at
            ),
            None,
        )


def scope_of(entry: StackEntry, snapshot: Snapshot | None, product: Product) -> Scope:
    """The scope of a run, as far as its facts are known."""
    known = snapshot.stack.value.name if snapshot and isinstance(snapshot.stack, Known) else None
    deployed, target = version_pair(snapshot, product)
    return Scope(
        account=entry.account_id,
        region=entry.region,
        stack=known or entry.stack_name,
        deployed=deployed,
        target=target,
    )


def fingerprint(check_id: str, finding: Finding, scope: Scope) -> str:
    """Which finding this is: no time, no run id and no physical id, which differ although the finding is the same."""
    parts = [
        check_id,
        scope.account,
        scope.region,
        scope.stack,
        scope.deployed,
        scope.target,
        finding.logical_id,
        finding.property,
        _lasting(finding.expected, finding),
        _lasting(finding.found, finding),
    ]
    return "sha256:" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def sentence(judged: Judged) -> str:
    """What a person should know about a waiver; empty where there is nothing."""
    name, day = f"the waiver for {judged.waiver.check}", f"{judged.waiver.expires:%Y-%m-%d %H:%M %Z}"
    match judged.state:
        case State.EXPIRED:
            return f"{name} has expired on {day} and counts for nothing"
        case State.UNUSED:
            return f"{name} covers nothing that was found: remove it"
    return f"{name} ends on {day}" if judged.ends_soon else ""


def _question(entry: Entry) -> str:
    """What is asked, before the upgrade and again afterwards, is one question."""
    return entry.check.repeats or entry.check.id


def _names(entry: Entry) -> set[str]:
    return {entry.check.id, _question(entry)}


def _lasting(text: str, finding: Finding) -> str:
    without = text.replace(finding.physical_id, "") if finding.physical_id else text
    return _RUN.sub("", without)


def _used(used: bool) -> State:  # noqa: FBT001  # a predicate's answer
    return State.USED if used else State.UNUSED


def _told(waiver: Waiver) -> str:
    ticket = f" ({waiver.ticket})" if waiver.ticket else ""
    return f"waived by {waiver.approved_by}{ticket} until {waiver.expires:%Y-%m-%d %H:%M %Z}: {waiver.reason}"
