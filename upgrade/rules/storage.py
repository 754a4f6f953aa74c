"""Database storage: what a template plans, and what RDS accepts. Pure, sizes in GiB.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

from upgrade.errors import CannotTell
from upgrade.facts.stack import Template
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import NO_VALUE, Resolver


@dataclass(frozen=True, slots=True)
class PlannedStorage:
    """What the target template asks for; None where it does not say."""

    allocated: int | None
    maximum: int | None
    allocated_parameter: str | None
    """The parameter behind it; None where the template fixes the size."""
    maximum_parameter: str | None


def planned_storage(target: Template, parameters: Mapping[str, str]) -> dict[str, PlannedStorage]:
    """The storage of every RDS instance of a template, by logical id.

    Raises:
        CannotTell: a size depends on what only AWS knows.
    """
    resolver = Resolver(target, parameters)
    resources = target.body["Resources"]
    return {
        logical_id: PlannedStorage(
            allocated=_size(resolver, logical_id, "AllocatedStorage"),
            maximum=_size(resolver, logical_id, "MaxAllocatedStorage"),
            allocated_parameter=resolver.parameter_behind(logical_id, "AllocatedStorage"),
            maximum_parameter=resolver.parameter_behind(logical_id, "MaxAllocatedStorage"),
        )
        for logical_id, exists in resolver.active().items()
        if exists is not False and _type(resources, logical_id) == "AWS::RDS::DBInstance"
    }


def is_accepted(planned: int, actual: int) -> bool:
    """Whether RDS takes this size: the one it has, or a raise of at least 10 %."""
    return planned == actual or 10 * planned >= 11 * actual


def least_maximum(allocated: int) -> int:
    """The smallest MaxAllocatedStorage that RDS takes for an allocated size: 10 % above, rounded up."""
    return -(-11 * allocated // 10)


def _size(resolver: Resolver, logical_id: str, name: str) -> int | None:
    value = resolver.property(logical_id, name)
    if value is NO_VALUE:
        return None
    if isinstance(value, Unresolved):
        raise CannotTell(f"{logical_id} {name}: {value.why}")
    try:
        return int(str(value))
    except ValueError:
        raise CannotTell(f"{logical_id} {name}: {value!r} is no number of GiB") from None


def _type(resources: object, logical_id: str) -> object:
    resource = resources.get(logical_id) if isinstance(resources, Mapping) else None
    return resource.get("Type") if isinstance(resource, Mapping) else None
