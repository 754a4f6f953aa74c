"""Nested stacks: their resources stand beside the root's, under `Parent.Child`."""

from dataclasses import dataclass, replace
from typing import Any

from upgrade.aws.cloudformation import read_resources, read_stack
from upgrade.facts.gather import gather
from upgrade.facts.stack import Resource, Stack

NESTED = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Tree:
    """All resources of a stack, to any depth, and the nested stacks they belong to."""

    resources: tuple[Resource, ...]
    stacks: tuple[Stack, ...]


def is_nested(resource: Resource) -> bool:
    """Whether this resource is a stack of its own."""
    return resource.type == NESTED and resource.physical_id.startswith("arn:")


def read_tree(client: Any, name: str) -> Tree:
    """Read the resources of a stack, level by level."""
    level = read_resources(client, name)
    resources, stacks = list(level), []
    while parents := [resource for resource in level if is_nested(resource)]:
        found = gather(
            read
            for parent in parents
            for read in (
                lambda arn=parent.physical_id: read_stack(client, arn),
                lambda arn=parent.physical_id: read_resources(client, arn),
            )
        )
        stacks += found[::2]
        level = tuple(
            replace(child, logical_id=f"{parent.logical_id}.{child.logical_id}")
            for parent, children in zip(parents, found[1::2], strict=True)
            for child in children
        )
        resources += level
    return Tree(tuple(resources), tuple(stacks))
