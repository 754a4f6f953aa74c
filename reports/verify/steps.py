"""What a verification says, step by step."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reports.record import Record


class State(StrEnum):
    """What came of a step."""

    HOLDS = "holds"
    BROKEN = "broken"
    NOT_CHECKED = "not checked"
    """It could not be: nothing is wrong, and nothing is proven."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at."""

    what: str
    state: State
    said: str
    """What holds, or all that does not, or why it was not checked."""


@dataclass(frozen=True, slots=True)
class Verification:
    """All of it."""

    folder: Path
    record: Record | None
    """None if there is none that can be read."""
    steps: tuple[Step, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is broken."""
        return all(step.state is not State.BROKEN for step in self.steps)

    @property
    def broken(self) -> tuple[Step, ...]:
        """The steps that are."""
        return tuple(step for step in self.steps if step.state is State.BROKEN)


def holds(what: str, said: str) -> Step:
    """A step that holds."""
    return Step(what, State.HOLDS, said)


def not_checked(what: str, why: str) -> Step:
    """A step that was not checked."""
    return Step(what, State.NOT_CHECKED, why)


def judged(what: str, problems: list[str], said: str) -> Step:
    """A step that holds if there is no problem."""
    return Step(what, State.BROKEN, "; ".join(problems)) if problems else holds(what, said)
