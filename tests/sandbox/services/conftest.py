"""The services with our overrides in place, once a session."""

import pytest

from sandbox import services
from sandbox.knobs import Knobs


@pytest.fixture
def knobs() -> Knobs:
    """Knobs of this test's own."""
    knobs = Knobs()
    services.install(knobs)
    return knobs


@pytest.fixture(autouse=True)
def _services(knobs: Knobs) -> None:
    """Every test here needs them."""
