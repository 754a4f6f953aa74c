"""The sandbox as its own tests meet it: over HTTP, through plain boto3."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.outside import Outside

if TYPE_CHECKING:
    from sandbox.server import Sandbox


@pytest.fixture(scope="module")
def empty() -> Iterator["Sandbox"]:
    """A sandbox with nothing in it."""
    from sandbox.server import Sandbox

    sandbox = Sandbox.start("empty")
    yield sandbox
    sandbox.stop()


@pytest.fixture
def aws(empty: "Sandbox") -> Iterator[Outside]:
    """What clients see of the empty sandbox, without faults."""
    yield Outside(empty.url)
    empty.knobs.set({"api": [], "resources": {}, "pace": 0.0})


@pytest.fixture
def start() -> "Iterator[Callable[[str], tuple[Sandbox, Outside]]]":
    """Starts a scenario, and stops it after the test."""
    from sandbox.server import Sandbox

    started: list[Sandbox] = []

    def starter(name: str) -> tuple[Sandbox, Outside]:
        started.append(Sandbox.start(name))
        return started[-1], Outside(started[-1].url)

    yield starter
    for sandbox in started:
        sandbox.stop()
