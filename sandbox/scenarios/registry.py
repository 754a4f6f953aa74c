"""The list of scenarios."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from sandbox.scenarios.stage import Stage

Build = Callable[["Stage"], None]
B = TypeVar("B", bound=Build)


class UnknownScenario(Exception):  # noqa: N818  # an answer to a name, not a failure
    """There is no scenario of this name; says which there are."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named world with its configuration."""

    name: str
    sentence: str
    """What is the matter in it."""
    build: Build
    """Makes it, on an empty stage, before the port is opened."""


_known: dict[str, Scenario] = {}


def scenario(name: str, sentence: str) -> Callable[[B], B]:
    """Register a builder."""

    def register(build: B) -> B:
        _known[name] = Scenario(name, sentence, build)
        return build

    return register


def scenarios() -> tuple[Scenario, ...]:
    """All of them; the healthy one first, then by name."""
    return tuple(sorted(_known.values(), key=lambda known: (known.name != "healthy", known.name)))


def find(name: str) -> Scenario:
    """The scenario of this name. Raises UnknownScenario."""
    if name not in _known:
        raise UnknownScenario(f"unknown scenario {name!r}; there are: {', '.join(known.name for known in scenarios())}")
    return _known[name]
