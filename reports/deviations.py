"""Deviation forms: what did not hold in a run, as a quality system wants it filed. Pure.

What only people can say (disposition, owner, …) and nobody has told stands there as not provided: the form begins a
deviation, it does not close one.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from reports import cases
from reports.provenance import NOT_PROVIDED
from reports.record import Check, Record, Waived
from upgrade.catalogue import Finding, Outcome, Phase
from upgrade.gate.mode import Verdict
from upgrade.gate.waivers import State

FOLDER = "data/deviations"


class Kind(StrEnum):
    """Why there is a form."""

    FAILED = "failed"
    COULD_NOT_TELL = "could not tell"
    WAIVED = "waived"
    UNHEALTHY = "unhealthy"
    """A check after the upgrade, which is made: the deployment runs with it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One finding of the deviation, and what somebody has answered for it."""

    found: str
    expected: str
    logical_id: str
    physical_id: str
    property: str
    remedy: str
    fingerprint: str
    disposition: str
    """`waived until <time>`, or not provided: what was decided about it."""
    reason: str
    approver: str
    ticket: str
    expires: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """One form: a check that did not hold."""

    id: str
    """Unique in its bundle, and its file's name: ASCII, lower-case, short."""
    run: str
    kind: Kind
    check: str
    title: str
    requirements: tuple[str, ...]
    description: str
    risk: str
    """What goes wrong if it does not hold, as the catalogue says: whether that is so here is for people to judge."""
    stops: bool
    at: str
    """When the check began; empty if that is not known."""
    evidence: str
    """File and JSON Pointer."""
    items: tuple[Item, ...]
    """Empty where the check named no finding: then `description` says it all."""
    owner: str

    @property
    def file(self) -> str:
        """Where it stands in the bundle."""
        return f"{FOLDER}/{self.id}.json"


def deviations(record: Record) -> tuple[Deviation, ...]:
    """A form for each check that failed, is waived, or could not tell and thereby stops; in running order."""
    kinds = [(number, check, _kind(check, record)) for number, check in enumerate(record.checks)]
    filed = [(number, check, kind) for number, check, kind in kinds if kind]
    return tuple(_form(order, *each, record) for order, each in enumerate(filed, 1))


def render(record: Record) -> Iterator[tuple[str, str]]:
    """Name and text of each form's file."""
    for each in deviations(record):
        yield each.file, json.dumps(asdict(each), indent=1) + "\n"


def _kind(check: Check, record: Record) -> Kind | None:
    if check.outcome is Outcome.WAIVED:
        return Kind.WAIVED
    if check.outcome is not Outcome.FAIL and not (check.outcome is Outcome.ERROR and check.stops):
        return None
    if record.conclusion.verdict is Verdict.UNHEALTHY and check.phase is Phase.POSTFLIGHT:
        return Kind.UNHEALTHY
    return Kind.FAILED if check.outcome is Outcome.FAIL else Kind.COULD_NOT_TELL


def _form(order: int, number: int, check: Check, kind: Kind, record: Record) -> Deviation:
    slug = re.sub(r"[^a-z0-9]+", "-", check.id.lower()).strip("-")[:60]
    return Deviation(
        id=f"dev-{order:02}-{slug}",
        run=record.run.id,
        kind=kind,
        check=check.id,
        title=check.title,
        requirements=check.requirements,
        description=check.detail or cases.first(check),
        risk=check.why,
        stops=check.stops,
        at=_time(check.started),
        evidence=f"data/record.json#/checks/{number}",
        items=tuple(_item(check, finding, record) for finding in check.findings if finding.blocking),
        owner=NOT_PROVIDED,
    )


def _item(check: Check, finding: Finding, record: Record) -> Item:
    waiver = _waiver(check, finding, record)
    told = {} if waiver is None else {"reason": waiver.reason, "approver": waiver.approved_by, "ticket": waiver.ticket}
    return Item(
        found=finding.found,
        expected=finding.expected,
        logical_id=finding.logical_id,
        physical_id=finding.physical_id,
        property=finding.property,
        remedy=finding.remedy,
        fingerprint=finding.fingerprint,
        disposition=f"waived until {_time(waiver.expires)}" if waiver else NOT_PROVIDED,
        expires=_time(waiver.expires) if waiver else NOT_PROVIDED,
        **{name: told.get(name) or NOT_PROVIDED for name in ("reason", "approver", "ticket")},
    )


def _waiver(check: Check, finding: Finding, record: Record) -> Waived | None:
    """The waiver in force that covers a finding, whether or not it covers all that the check has found."""
    names = {check.id, check.repeats} - {""}
    return next(
        (
            waiver
            for waiver in record.waivers
            if waiver.state is State.USED and waiver.check in names and waiver.finding == finding.fingerprint
        ),
        None,
    )


def _time(at: datetime | None) -> str:
    return at.isoformat() if at else ""
