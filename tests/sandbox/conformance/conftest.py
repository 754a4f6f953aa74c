"""One server a session; an empty CloudFormation a test."""

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox import api, clients, services
from sandbox.api.cloudformation import CloudFormation
from sandbox.engine.world import World
from sandbox.faults import FaultLayer
from sandbox.knobs import Knobs
from tests.sandbox.conformance.cloud import Cloud


class Quiet(WSGIRequestHandler):  # type: ignore[misc]  # mypy does not follow werkzeug
    def log(self, *_: object) -> None:
        """The call log holds every call."""


@pytest.fixture(scope="session")
def server() -> Iterator[BaseWSGIServer]:
    services.install(Knobs())
    api.install(World(Knobs()))
    served = make_server("127.0.0.1", 0, clients.application(), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield served
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture
def cloud(server: BaseWSGIServer) -> Iterator[Cloud]:
    knobs = Knobs()
    world = World(knobs)
    before = getattr(CloudFormation, "_world", world)
    api.install(world)
    server.app = FaultLayer(clients.application(), knobs)
    yield Cloud(f"http://127.0.0.1:{server.port}", knobs, world)
    world.settle()
    api.install(before)
