"""A fact is either a value or a typed reason why it is not known; there is no third, and never an empty default."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, NoReturn, TypeAlias, TypeVar

from upgrade.errors import CannotTell

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reason(StrEnum):
    """Why a fact is not known."""

    DENIED = "denied"
    """AWS refused the call for want of permission."""
    EXPIRED = "expired"
    """The credentials are no longer valid."""
    CLOCK = "clock"
    """AWS refused the call because our clock is wrong."""
    THROTTLED = "throttled"
    """AWS still refused after all retries because of the rate of calls."""
    NOT_FOUND = "not found"
    """AWS answered, and what was asked for does not exist."""
    TIMED_OUT = "timed out"
    """No answer, or not the awaited state, in time; a network failure counts here too."""
    FAILED = "failed"
    """AWS answered that it could not or would not do what was asked; its reason is in the detail."""
    MALFORMED = "malformed"
    """An answer came that can't be understood."""
    BLOCKED = "not read"
    """Not asked, because something it depends on is not known or an earlier check forbids it; the detail is that cause."""
    NOT_ASKED = "not asked"
    """Nothing asks for it in this phase."""


@dataclass(frozen=True, slots=True)
class Known(Generic[T_co]):
    """A fact and when it was read (UTC)."""

    value: T_co
    at: datetime


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that could not be read."""

    reason: Reason
    detail: str
    """AWS's own words or ours; untrusted text, redacted when captured."""
    call: str
    """IAM action of the call that failed, e.g. `cloudformation:DescribeStacks`; empty where no call was made."""
    at: datetime

    @property
    def value(self) -> NoReturn:
        """Raise CannotTell: whoever reads the value of an unknown fact can't judge."""
        raise CannotTell(str(self))

    def __str__(self) -> str:
        """The cause: of what depends on something unknown the same text as of that, however far down it is."""
        if self.reason is Reason.BLOCKED:
            return self.detail
        what = f"{self.call}: " if self.call else ""
        return f"{what}{self.reason.value}: {self.detail}"


Fact: TypeAlias = Known[T] | Unknown
