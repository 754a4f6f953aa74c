"""What people have said about a run: its change id, approvals of the plan, and what only a person can know."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A statement that no API can make, e.g. that maintenance mode is on."""

    id: str
    by: str
    """A name from the configuration, or the caller's ARN where it was stated on the command line."""
    at: datetime
    deployed: str
    """Version mark the statement was made for."""
    target: str


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval that was given, whether it counts or not."""

    file: str
    name: str
    """Printed name of who approves; empty if the file says none."""
    meaning: str
    at: datetime | None
    identity: str
    """Who that is to AWS or the CI, where the approval says so."""
    plan_sha256: str
    """The plan it approves; empty if the file says none."""
    signed: bool
    """Whether there is a signature at all."""
    authenticated: bool
    """Whether it is that of the name's configured key."""
    problem: str
    """Why it can't count, whatever is configured: it is no approval, or not of a time that can be; empty if it can."""
    envelope: str = ""
    """The file itself (DSSE), for whoever looks at the signature again; empty where that is not of the configured key."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """An upgrade of another stack, from its evidence."""

    bundle: str
    """Name of its evidence folder."""
    verdict: str
    template_sha256: str
    """Of the template it upgraded to; empty where that run could not read it."""
    finished: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """All of it."""

    change_id: str
    plan_sha256: str
    """Digest of the plan that was made before; empty where none was given."""
    approvals: tuple[Approval, ...]
    acknowledgements: tuple[Acknowledgement, ...]
    runners: tuple[str, ...] = ()
    """Who runs the upgrade, by every name it is known by: the caller's ARN, and the person the CI names."""
    rehearsals: tuple[Rehearsal, ...] = ()
    """Upgrades of the stack on which this one has to be rehearsed, the newest first."""
