"""What of a template launches machines: of which types, how many, and where. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upgrade.facts.stack import Resource, Template
from upgrade.template.resolve import Resolver

GROUP = "AWS::AutoScaling::AutoScalingGroup"
INSTANCE = "AWS::EC2::Instance"
ENVIRONMENT = "AWS::Batch::ComputeEnvironment"
SPECIFICATIONS = (("LaunchTemplate",), ("MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification"))
"""Where a group names its launch template."""


@dataclass(frozen=True, slots=True)
class Launcher:
    """One resource that launches machines; what only AWS knows is left out."""

    types: tuple[str, ...]
    """Exact instance types; families such as `m7i`, from which Batch chooses, are none."""
    subnets: tuple[str, ...]
    """Ids."""
    zones: tuple[str, ...]
    """Availability zones named instead of subnets."""
    machines: int
    """How many it has from the start; Batch begins with none."""


def launchers(
    template: Template, parameters: Mapping[str, str], region: str, resources: Iterable[Resource]
) -> dict[str, Launcher]:
    """By logical id, everything of a template that launches machines under these values.

    Args:
        template: the deployed one, or the target.
        parameters: values by name.
        region: where the stack is.
        resources: the live ones, whose ids `Ref` stands for.
    """
    live = {each.logical_id: each.physical_id for each in resources if each.physical_id}
    resolver = Resolver(template, parameters, {**live, "AWS::Region": region})
    declared: Any = template.body["Resources"]
    return {
        name: _READERS[declared[name]["Type"]](resolver, name)
        for name, exists in resolver.active().items()
        if exists is not False and declared[name].get("Type") in _READERS
    }


def _group(resolver: Resolver, name: str) -> Launcher:
    overrides = resolver.property(name, "MixedInstancesPolicy", "LaunchTemplate", "Overrides")
    rows = overrides if isinstance(overrides, list) else []
    types = [type_ for row in rows if isinstance(row, Mapping) for type_ in _texts(row.get("InstanceType"))]
    sources = [resolver.resource_behind(name, *path, "LaunchTemplateId") for path in SPECIFICATIONS]
    named = [resolver.property(source[0], "LaunchTemplateData", "InstanceType") for source in sources if source]
    sizes = [resolver.property(name, size) for size in ("DesiredCapacity", "MinSize")]
    return Launcher(
        types=tuple(types or _texts(named)),
        subnets=tuple(_texts(resolver.property(name, "VPCZoneIdentifier"))),
        zones=tuple(_texts(resolver.property(name, "AvailabilityZones"))),
        machines=next((int(str(size)) for size in sizes if str(size).isdigit()), 0),
    )


def _instance(resolver: Resolver, name: str) -> Launcher:
    types, subnets, zones = (
        tuple(_texts(resolver.property(name, key))) for key in ("InstanceType", "SubnetId", "AvailabilityZone")
    )
    return Launcher(types, subnets, zones, machines=1)


def _environment(resolver: Resolver, name: str) -> Launcher:
    types, subnets = (
        tuple(_texts(resolver.property(name, "ComputeResources", key))) for key in ("InstanceTypes", "Subnets")
    )
    return Launcher(tuple(type_ for type_ in types if "." in type_), subnets, (), machines=0)


_READERS = {GROUP: _group, INSTANCE: _instance, ENVIRONMENT: _environment}


def _texts(value: Any) -> Iterator[str]:
    """The texts in a resolved value, whatever is nested in lists or not known."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
