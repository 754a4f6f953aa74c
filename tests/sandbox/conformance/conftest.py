"""One server a session; an empty CloudFormation a test."""

from collections.abc import Iterator

import pytest
from werkzeug.serving import BaseWSGIServer

from sandbox import api, clients, services
from sandbox.api.cloudformation import CloudFormation
from sandbox.engine.world import World
from sandbox.faults import FaultLayer
from sandbox.knobs import Knobs
from tests.sandbox.conformance.cloud import Cloud
from tests.sandbox.serving import serving


@pytest.fixture(scope="session")
def server() -> Iterator[BaseWSGIServer]:
    services.install(Knobs())
    api.install(World(Knobs()))
    with serving() as served:
        yield served


@pytest.fixture
def cloud(server: BaseWSGIServer) -> Iterator[Cloud]:
    knobs = Knobs()
    services.install(knobs)
    world = World(knobs)
    before = getattr(CloudFormation, "_world", world)
    api.install(world)
    server.app = FaultLayer(clients.application(), knobs)
    yield Cloud(f"http://127.0.0.1:{server.port}", knobs, world)
    world.settle()
    api.install(before)
