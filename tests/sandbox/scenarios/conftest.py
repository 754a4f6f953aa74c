from collections.abc import Callable

import pytest

from sandbox.server import Sandbox
from tests.sandbox.outside import Outside
from tests.sandbox.scenarios.told import Told


@pytest.fixture
def told(start: Callable[[str], tuple[Sandbox, Outside]]) -> Callable[[str], Told]:
    return lambda name: Told(*start(name))
