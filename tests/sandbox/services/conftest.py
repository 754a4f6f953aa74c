"""The services with our overrides in place, once a session: at hand in this process, and behind a port."""

from collections.abc import Iterator

import pytest
from werkzeug.serving import BaseWSGIServer

from sandbox import clients, services
from sandbox.faults import FaultLayer
from sandbox.knobs import Knobs
from tests.sandbox.outside import Outside
from tests.sandbox.serving import serving


@pytest.fixture
def knobs() -> Knobs:
    """Knobs of this test's own."""
    knobs = Knobs()
    services.install(knobs)
    return knobs


@pytest.fixture(autouse=True)
def _services(knobs: Knobs) -> None:
    """Every test here needs them."""


@pytest.fixture(scope="session")
def server() -> Iterator[BaseWSGIServer]:
    services.install(Knobs())
    with serving() as served:
        yield served


@pytest.fixture
def http(server: BaseWSGIServer, knobs: Knobs) -> Outside:
    """The services as anybody meets them; knobs can be set at the control address."""
    server.app = FaultLayer(clients.application(), knobs)
    return Outside(f"http://127.0.0.1:{server.port}")
