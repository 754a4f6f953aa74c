"""One read for each resource of a type."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from upgrade.aws.errors import fact
from upgrade.clock import Clock
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.stack import Resource

T = TypeVar("T")


def read_each(
    clock: Clock, resources: Fact[tuple[Resource, ...]], type_: str, call: str, read: Callable[[str], T]
) -> Fact[Mapping[str, T]]:
    """What a read answers for the physical id of each resource of a type, by logical id; one that fails makes all unknown."""
    if isinstance(resources, Unknown):
        return Unknown(Reason.BLOCKED, str(resources), "", clock.now())
    found = [resource for resource in resources.value if resource.type == type_ and resource.physical_id]
    values = fact(clock, call, lambda: gather([partial(read, resource.physical_id) for resource in found]))
    if isinstance(values, Unknown):
        return values
    return Known({r.logical_id: value for r, value in zip(found, values.value, strict=True)}, values.at)
