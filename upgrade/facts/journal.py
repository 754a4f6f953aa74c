"""What a run asked AWS to change, and what became of it: the journal that a later run reads when this one was killed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What a record of the journal says."""

    INTENT = "intent"
    """The call is about to be made. Until a later record says more, it may have been."""
    ACCEPTED = "accepted"
    """AWS took the call."""
    REFUSED = "refused"
    """The call has certainly changed nothing, and never will."""
    UNSURE = "unsure"
    """No answer, or none that says what became of the call: only AWS knows."""
    ADOPTED = "adopted"
    """Another run has taken up what the call began."""
    TERMINAL = "terminal"
    """The operation that the call began is over."""
    CONCLUDED = "concluded"
    """The run's verdict is in the evidence: nothing is left to take up."""


class Late(OSError):  # noqa: N818  # what it is
    """A record is kept, but not yet everywhere: that follows with the next one."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record."""

    act: Act
    at: datetime
    run: str
    call: str
    """IAM action, e.g. `cloudformation:ExecuteChangeSet`; empty where the record is about the whole run."""
    told: Mapping[str, str]
    """Names, ARNs, tokens and digests by name: what it takes to find the thing again. Never a value of the user's."""
