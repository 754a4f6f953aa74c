from pathlib import Path

import pytest

from tests.upgrade.run.updates import resources
from tests.upgrade.world import World, topic
from upgrade.facts.stack import Event
from upgrade.run.session import Run


@pytest.fixture
def told() -> list[Event | str]:
    return []


@pytest.fixture
def run(world: World, tmp_path: Path, told: list[Event | str]) -> Run:
    stack = world.create(topic("old", Resources=resources("old")))
    return world.run(tmp_path, stack, world.publish(topic("new", Resources=resources("new"))), progress=told.append)
