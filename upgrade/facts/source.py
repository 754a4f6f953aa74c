"""Where facts come from: the stack's own account and those of linked stacks, and how a read becomes a fact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from upgrade.aws.errors import fact
from upgrade.aws.session import Connection
from upgrade.clock import Clock
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.config.target import Target
from upgrade.facts.each import read_each
from upgrade.facts.known import Fact
from upgrade.facts.stack import Resource
from upgrade.web import Web

T = TypeVar("T")

Resources = Fact[tuple[Resource, ...]]


@dataclass(frozen=True, slots=True)
class _Client:
    """A client that is made when it is first used: each holds all of its service's API, EC2's 16 MiB."""

    make: Callable[[], Any]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.make(), name)


@dataclass(frozen=True, slots=True, repr=False)
class Source:
    """All that a read needs to know."""

    connections: Callable[[StackEntry], Connection]
    """The reading connection of an entry."""
    executing: Connection
    """The connection that will execute."""
    clock: Clock
    entries: Callable[[str], StackEntry]
    """An entry by its name, for linked stacks."""
    entry: StackEntry
    product: Product
    target: Target
    """Where the template to upgrade to lies."""
    web: Web
    """Asks the running application."""
    token: str
    """For the application; empty where none is configured. Never written."""

    @property
    def connection(self) -> Connection:
        """The reading connection of the stack itself."""
        return self.connections(self.entry)

    def client(self, service: str) -> Any:
        """A client of the stack's account, for reading."""
        return _Client(partial(self.connection.client, service))

    def read(self, call: str, read: Callable[[], T]) -> Fact[T]:
        """What a read answers, or why it is not known; `call` is the IAM action, told where the error names none."""
        return fact(self.clock, call, read)

    def each(self, resources: Resources, type_: str, call: str, read: Callable[[str], T]) -> Fact[Mapping[str, T]]:
        """What a read answers for the physical id of each resource of a type, by logical id."""
        return read_each(self.clock, resources, type_, call, read)
