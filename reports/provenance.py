"""The parts of the record that say who made the change, for what, and which attempts came before.

What a change process asks for (21 CFR 11.10(e), 11.50; SOC 2 CC8.1) and nobody has told us stands there as not provided,
with the reason: a reader can tell "nobody said" from "it was lost".
"""

from pydantic import AwareDatetime

from reports.part import Part

NOT_PROVIDED = "not-provided"


class Stated(Part):
    """Something that only people can say."""

    value: str
    """`not-provided` where nobody has said it."""
    why: str
    """Why it is not provided; empty if it is."""


class Change(Part):
    """The change request. Plimsoll is told its id alone."""

    id: Stated
    system: Stated
    """Of record, where the request stands."""
    type: Stated
    """Standard, normal, emergency."""
    title: Stated
    reason: Stated
    classification: Stated
    risk: Stated
    gxp_impact: Stated


class People(Part):
    """Who did what. Signatures of people are in `review.approvals`; a seal of the evidence is none."""

    author: Stated
    """Who made the plan that was executed or may be."""
    approvers: tuple[str, ...]
    """Whose approvals are authenticated: signed by the key that is configured for the name."""
    executor: Stated
    """Who executed it."""
    runners: tuple[str, ...]
    """All names by which who ran this is known: ARN of the caller, people named by the CI service."""
    reviewer: Stated
    """Who has looked at this evidence."""
    separate: Stated
    """Whether author, approvers and executor are different people: what check `change-is-approved` said."""
    approved_first: bool | None
    """Whether every authenticated approval was given before the first call that executes; null without either."""


class Attempt(Part):
    """An earlier run for the same stack and target, from its evidence."""

    run: str
    mode: str
    verdict: str
    exit_code: int
    started: AwareDatetime
    finished: AwareDatetime
    caller: str
    """ARN of who asked; empty if that could not be read."""
    bundle: str
    """Name of its evidence folder."""
    root_sha256: str
    """Of its tagmanifest-sha256.txt: that evidence and no other."""


class Clock(Part):
    """Whether the times in the record can be trusted."""

    skew_seconds: float | None
    """How far this machine's clock was ahead of the first answer's `Date` header; null if no answer told the time."""
    told: str


class Retention(Part):
    """Where the evidence is kept and for how long. What S3 then says of it is in the receipt, outside the bundle."""

    archive: Stated
    days: Stated
    mode: Stated
    """Of S3 Object Lock."""


class Basis(Part):
    """What the verdict rests on beside checks and operation: with them it can be computed again."""

    nothing_to_do: bool
    reviewed: bool
    moved: tuple[str, ...]
    not_compared: str
    stopped_by: int | None
    held_by: str
    adopted: bool
    not_kept: str


def provided(value: str, why: str) -> Stated:
    """What was said, or that it was not and why."""
    return Stated(value=value, why="") if value else Stated(value=NOT_PROVIDED, why=why)
