"""The worlds that measure the gate: what is the matter in each, and what a user must be told. Never which check tells it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.scenarios.stage import Stage

Build = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One world, built on a scenario of the sandbox."""

    name: str
    sentence: str
    """What is the matter in it."""
    build: Build
    """Changes the scenario, by AWS calls, template edits or configuration, before the gate looks."""
    healthy: bool = False
    """Whether an upgrade must not be stopped in it."""
    verdict: str = "GO"
    words: tuple[str, ...] = ()
    """They must all stand in one finding, whatever their case; none: nothing need be said."""
    scenario: str = "healthy"
    upgrade: bool = False
    """Whether the gate is asked to upgrade, too."""
    meanwhile: Build | None = None
    """What somebody does while the update runs."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that are set where the gate runs."""


WORLDS: dict[str, World] = {}
"""By name."""


def may_go(sentence: str, *words: str, scenario: str = "healthy") -> Callable[[Build], Build]:
    """A healthy variant, which must stay GO; with words, one of which a warning must tell."""
    return _world(sentence=sentence, words=words, scenario=scenario, healthy=True)


def may_be_upgraded(sentence: str, *words: str, scenario: str = "healthy") -> Callable[[Build], Build]:
    """A healthy variant, which must be called upgraded afterwards."""
    return _world(sentence=sentence, words=words, scenario=scenario, healthy=True, verdict="UPGRADED", upgrade=True)


def blocks(sentence: str, *words: str, **more: Any) -> Callable[[Build], Build]:
    """A hazard that must keep the gate shut."""
    return _world(**{"sentence": sentence, "words": words, "verdict": "NO_GO", **more})


def warns(sentence: str, *words: str, **more: Any) -> Callable[[Build], Build]:
    """A hazard that must be told, and that stops nothing."""
    return _world(sentence=sentence, words=words, **more)


def shows_afterwards(sentence: str, *words: str, **more: Any) -> Callable[[Build], Build]:
    """A hazard that only shows when the update is made."""
    return _world(**{"sentence": sentence, "words": words, "verdict": "UNHEALTHY", "upgrade": True, **more})


def _world(**facts: Any) -> Callable[[Build], Build]:
    def register(build: Build) -> Build:
        name = build.__name__.replace("_", "-")
        if name in WORLDS:
            raise ValueError(f"two worlds are named {name}")
        WORLDS[name] = World(name=name, build=build, **facts)
        return build

    return register
