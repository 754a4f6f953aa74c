"""One AWS as the engine knows it: the CloudFormation of every account and region, what holds it and what disturbs it."""

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sandbox.engine.errors import ValidationError
from sandbox.engine.state import Stack
from sandbox.knobs import Knobs
from sandbox.providers.base import Provider

if TYPE_CHECKING:
    from sandbox.engine.changeset import ChangeSet
    from sandbox.engine.deployment import Deployment
    from sandbox.engine.drift import Detection


def _client(service: str, region: str) -> Any:
    from sandbox import clients

    return clients.client(service, region)


def _provider(resource_type: str) -> Provider:
    from sandbox.providers import registry

    return registry.provider(resource_type)


class World:
    """Everything the engine holds. One a process."""

    def __init__(
        self,
        knobs: Knobs | None = None,
        clients: Callable[[str, str], Any] = _client,
        provider: Callable[[str], Provider] = _provider,
    ) -> None:
        """Make an empty world.

        Args:
            knobs: pace, lag and faults.
            clients: (service, region) -> boto3 client, wired beneath the fault layer.
            provider: resource type -> its handlers.
        """
        self.knobs = knobs or Knobs()
        self.provider = provider
        self.lock = threading.RLock()
        """Held while a call decides and begins; never while an operation waits or a handler works."""
        self.running: list[threading.Thread] = []
        self._clients = clients
        self._regions: dict[tuple[str, str], Region] = {}

    def client(self, region: str) -> Callable[[str], Any]:
        """Service -> boto3 client in a region."""
        return lambda service: self._clients(service, region)

    def region(self, account: str, name: str) -> "Region":
        """The CloudFormation of an account in a region."""
        with self.lock:
            return self._regions.setdefault((account, name), Region(self, account, name))

    def run(self, work: Callable[[], None]) -> None:
        """Carry out an operation: at once when time stands still, else in a thread of its own."""
        if self.knobs.pace <= 0:
            work()
        else:
            self.start(work)

    def start(self, work: Callable[[], None]) -> None:
        """Do something in a thread of its own."""
        thread = threading.Thread(target=work, daemon=True, name="cloudformation")
        with self.lock:
            self.running = [*(other for other in self.running if other.is_alive()), thread]
        thread.start()

    def settle(self, timeout: float = 60.0) -> None:
        """Wait until no operation runs. Raises TimeoutError."""
        for thread in list(self.running):
            thread.join(timeout)
            if thread.is_alive():
                raise TimeoutError("an operation of the sandbox is still running")


class Region:
    """The CloudFormation of one account in one region."""

    def __init__(self, world: World, account: str, name: str) -> None:
        self.world = world
        self.account = account
        self.name = name
        self.stacks: dict[str, Stack] = {}
        """By ARN, deleted ones too, in the order they were made."""
        self.change_sets: dict[str, ChangeSet] = {}
        """By ARN."""
        self.detections: dict[str, Detection] = {}
        """Drift detections by id."""
        self.deployments: dict[str, Deployment] = {}
        """By the stack's ARN: the deployment that is running, or the failed one that can still be taken back."""
        self.tokens: dict[str, tuple[str, str]] = {}
        """ClientRequestToken: the API action it began, and the ARN of the stack."""

    @property
    def knobs(self) -> Knobs:
        """Pace, lag and faults."""
        return self.world.knobs

    def client(self, service: str) -> Any:
        """A boto3 client in this region, beneath the fault layer."""
        return self.world.client(self.name)(service)

    def add(self, stack: Stack) -> Stack:
        """Take in a new stack."""
        self.stacks[stack.id] = stack
        return stack

    def live(self) -> Iterator[Stack]:
        """The stacks that are not deleted, newest first."""
        return (stack for stack in reversed(list(self.stacks.values())) if stack.state.status != "DELETE_COMPLETE")

    def find(self, name: str) -> Stack | None:
        """A stack by name, or by ARN, a deleted one too."""
        return self.stacks.get(name) or next((stack for stack in self.live() if stack.name == name), None)

    def stack(self, name: str | None, message: str = "Stack with id {} does not exist") -> Stack:
        """A stack by name or ARN. Raises ValidationError, each API wording it its own way."""
        found = self.find(name) if name else None
        if found is None:
            raise ValidationError(message.format(name))
        return found

    def exports(self) -> dict[str, tuple[str, Stack]]:
        """Name of every export: its value and the stack that exports it."""
        return {
            output.export: (output.value, stack)
            for stack in self.live()
            for output in stack.state.outputs
            if output.export
        }

    def importers(self, name: str) -> list[Stack]:
        """The stacks that import an export."""
        return [stack for stack in self.live() if name in stack.state.imports]
