"""One sandbox: services, CloudFormation engine and fault layer behind a port on loopback."""

import os
import socket
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox import api, application, clients, services
from sandbox.account import REGION
from sandbox.engine.world import World
from sandbox.faults import FaultLayer
from sandbox.garbage import uncollected
from sandbox.knobs import Knobs
from sandbox.scenarios import find
from sandbox.scenarios.stage import Stage

LOOPBACK = "127.0.0.1"
TOKEN_ENV = "PLIMSOLL_SANDBOX_TOKEN"  # noqa: S105  # a name

_one = threading.Lock()
"""moto's state is the process's, so a process runs one sandbox at a time."""


class _Handler(WSGIRequestHandler):  # type: ignore[misc]  # werkzeug is not followed by mypy here
    """Keeps connections open, as AWS does, and says nothing: the call log holds every call."""

    protocol_version = "HTTP/1.1"

    def connection_dropped(self, *_: object) -> None:
        """Hang up: the fault layer dropped the call."""
        self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date of an answer."""
        return str(super().date_time_string((timestamp or time.time()) + self.server.app.clock))

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  # werkzeug's name
        """Say nothing."""


@dataclass
class Account:
    """An account in this process that no client can reach yet. What a process forks has a copy of its own."""

    world: World
    knobs: Knobs
    stage: Stage
    layer: FaultLayer

    @classmethod
    def empty(cls, folder: Path) -> "Account":
        """Nothing in it; its files go to the folder."""
        clients.reset()
        knobs = Knobs()
        world = World(knobs)
        api.install(world)
        services.install(knobs)
        return cls(world, knobs, Stage(knobs, folder), FaultLayer(clients.application(), knobs))


@dataclass
class Sandbox:
    """A running sandbox. Made by `start` or `open`."""

    url: str
    world: World
    knobs: Knobs
    stacks_file: Path
    """The configuration in which `demo` stands."""
    _closing: ExitStack

    @classmethod
    def start(cls, scenario: str = "healthy", port: int = 0, pace: float | None = None) -> "Sandbox":
        """Build the world of a scenario, then open the port.

        Args:
            scenario: its name; `python -m sandbox scenarios` lists them.
            port: 0 picks a free one.
            pace: seconds a wave of resources takes, in place of the scenario's.

        Raises:
            UnknownScenario: there is none of this name.
            OSError: the port can't be had, or what the scenario reads is not there.
            RuntimeError: this process runs a sandbox already.
        """
        chosen = find(scenario)
        if not _one.acquire(blocking=False):
            raise RuntimeError("this process runs a sandbox already: stop that one first")
        with ExitStack() as closing:
            closing.callback(_one.release)
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="plimsoll-sandbox-")))
            account = Account.empty(folder)
            server = closing.enter_context(_listen(account.layer, port))
            with uncollected():
                chosen.build(account.stage)
            if pace is not None:
                account.knobs.set({"pace": pace})
            return cls._serve(account, server, closing.pop_all())

    @classmethod
    def open(cls, account: Account) -> "Sandbox":
        """Open a port to an account that somebody has built."""
        with ExitStack() as closing:
            server = closing.enter_context(_listen(account.layer, 0))
            return cls._serve(account, server, closing.pop_all())

    @classmethod
    def _serve(cls, account: Account, server: BaseWSGIServer, closing: ExitStack) -> "Sandbox":
        with closing:
            threading.Thread(target=server.serve_forever, args=(0.1,), name="sandbox", daemon=True).start()
            closing.callback(server.shutdown)
            answering = closing.enter_context(application.serving(account.knobs, account.stage.folder))
            account.stage.suggest(
                "stacks.demo.health",
                addresses=[answering.address(path) for path in application.HEALTH],
                ca_bundle=answering.bundle.name,
                token_env=TOKEN_ENV,
            )
            url = f"http://{LOOPBACK}:{server.port}"
            stacks_file = account.stage.write_configuration()
            return cls(url, account.world, account.knobs, stacks_file, closing.pop_all())

    def environment(self) -> dict[str, str]:
        """What any AWS client, and the gate, must find in its environment to come here and nowhere else."""
        nothing = self.stacks_file.with_name("aws-config")
        nothing.touch()
        others = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or LOOPBACK
        direct = ",".join(dict.fromkeys((LOOPBACK, *others.split(","))))
        return {
            "PLIMSOLL_SANDBOX": self.url,
            "PLIMSOLL_SANDBOX_STACKS": str(self.stacks_file),
            TOKEN_ENV: application.TOKEN,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "AKIASANDBOX000000000",
            "AWS_SECRET_ACCESS_KEY": "opens-nothing-but-the-sandbox",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(nothing),
            "AWS_SHARED_CREDENTIALS_FILE": str(nothing),
            "NO_PROXY": direct,
            "no_proxy": direct,
        }

    def stop(self) -> None:
        """Close the port and forget everything; an operation that is under way gets a moment to end."""
        self.knobs.set({"pace": 0.0})
        with suppress(TimeoutError):
            self.world.settle(timeout=1)
        self._closing.close()


def _listen(application: FaultLayer, port: int) -> BaseWSGIServer:
    # Bound here, because werkzeug ends the process when a port is taken.
    with socket.create_server((LOOPBACK, port)) as bound:
        return make_server(LOOPBACK, port, application, threaded=True, request_handler=_Handler, fd=bound.fileno())
