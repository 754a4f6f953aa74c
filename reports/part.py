"""What all parts of the record share: strict, frozen models, and facts that are never just missing.

A fact's own type (a frozen dataclass of upgrade.facts) stands in the record as it is, so that nothing is written twice.
"""

from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from upgrade.facts import known
from upgrade.facts.known import Reason

T = TypeVar("T")


class Part(BaseModel):
    """A part of the record: every field is required, none may be added, all times carry their offset."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True, use_attribute_docstrings=True)


_OF_FACTS = ConfigDict(use_attribute_docstrings=True, extra="forbid", json_schema_serialization_defaults_required=True)


def described(*types: type) -> None:
    """Let facts of the gate stand in the record as they are: with their descriptions, and with nothing they do not know."""
    for type_ in types:
        type_.__pydantic_config__ = _OF_FACTS  # type: ignore[attr-defined]  # read by pydantic


class Asked(StrEnum):
    """Whether a fact is known; there is no silent fourth."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    """It could not be read."""
    NOT_ASKED = "not asked"
    """The run had no reason, or no chance, to read it."""


class Fact(Part, Generic[T]):
    """A fact, with all its keys whether it is known or not."""

    # Not by docstrings: pydantic would look for them in the sources anew for each type of fact, for a second of every gate.
    model_config = ConfigDict(use_attribute_docstrings=False)

    state: Asked
    at: AwareDatetime | None = Field(
        description="When it was read, or when reading it was given up; null if it was not asked for."
    )
    value: T | None = Field(description="null unless known.")
    reason: Reason | None = Field(description="Why it is unknown; null otherwise.")
    detail: str = Field(
        description="What went wrong, in AWS's words or ours (untrusted), or why it was not asked for; empty if known."
    )
    call: str = Field(description="IAM action of the call that failed; empty where none was made.")

    @model_validator(mode="before")
    @classmethod
    def _of_fact(cls, value: Any) -> Any:
        """The gate's own facts in this shape; None is one that was not asked for."""
        match value:
            case known.Known(read, at):
                return {**_EMPTY, "state": Asked.KNOWN, "at": at, "value": read}
            case known.Unknown(known.Reason.NOT_ASKED, detail):
                return not_asked(detail)
            case known.Unknown(reason, detail, call, at):
                return {**_EMPTY, "state": Asked.UNKNOWN, "at": at, "reason": reason, "detail": detail, "call": call}
            case None:
                return not_asked("nothing asked for it in this phase")
        return value


_EMPTY = {"at": None, "value": None, "reason": None, "detail": "", "call": ""}


EARLIER = "this version of Plimsoll did not read it"
"""Why there is no fact in a record of an earlier version that a later one reads."""


def not_asked(why: str) -> dict[str, object]:
    """A fact that nobody asked for, in the shape the models validate."""
    return {**_EMPTY, "state": Asked.NOT_ASKED, "detail": why}
