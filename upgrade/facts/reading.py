"""Which facts a check reads: a snapshot that notes what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from upgrade.facts.known import Known, Unknown
from upgrade.facts.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Reading:
    """A fact that a check has read."""

    fact: str
    """Where it stands in the record: `before.stack`, `plan`, `after.drift`."""
    at: datetime
    """When AWS was asked for it."""


class Watched(Snapshot):
    """A snapshot that notes which of its facts are asked for."""

    __slots__ = ("asked",)
    asked: dict[str, datetime]
    """When each was read, by its name."""

    def __init__(self, snapshot: Snapshot) -> None:
        object.__setattr__(self, "asked", {})
        super().__init__(**{each.name: getattr(snapshot, each.name) for each in fields(snapshot)})

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if isinstance(value, Known | Unknown):
            self.asked[name] = value.at
        return value


def watched(arguments: Mapping[str, object]) -> dict[str, object]:
    """The arguments of a check, such that what it asks of them is noted."""
    return {name: Watched(value) if isinstance(value, Snapshot) else value for name, value in arguments.items()}


def readings(arguments: Mapping[str, object]) -> tuple[Reading, ...]:
    """What a check has read of its watched arguments; a fact that is an argument itself it was given to read."""
    found: list[Reading] = []
    for name, value in arguments.items():
        match value:
            case Watched():
                found += (Reading(f"{name}.{fact}", at) for fact, at in value.asked.items())
            case Known() | Unknown():
                found.append(Reading(name, value.at))
    return tuple(found)
