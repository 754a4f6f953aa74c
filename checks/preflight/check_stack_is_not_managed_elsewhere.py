"""The stack is not the instance of something that would take the upgrade back.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html
"""

import re
from collections.abc import Iterator

from upgrade.catalogue import Finding, Severity, check, warn
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Stack

NAMES = {
    re.compile(r"SC-\d{12}-pp-[a-z0-9]+"): "AWS Service Catalog",
    re.compile(r"StackSet-.+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"): "a StackSet",
    re.compile(r"AWSProton-.+"): "AWS Proton",
}
"""How these services name the stacks they make."""

TAGS = {"aws:servicecatalog:": "AWS Service Catalog", "aws:proton:": "AWS Proton"}
"""Beginnings of the keys of tags they set.
https://docs.aws.amazon.com/servicecatalog/latest/adminguide/autotags.html"""


@check(
    id="stack-is-not-managed-elsewhere",
    title="No other service manages the stack",
    severity=Severity.WARNING,
    why="What manages the stack does not know of the upgrade: its next update takes it back, or both cross.",
    remedy="Upgrade through the service that manages the stack, or take the stack out of it first.",
    requirements=("URS-22",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html",),
)
def check_stack_is_not_managed_elsewhere(before: Snapshot) -> None:
    stack = before.stack.value
    warn(
        [
            Finding(
                found=f"{manager} seems to manage {stack.name}: {mark}",
                expected="a stack that no other service updates",
                remedy=f"upgrade it through {manager}, or take it out of there first",
                physical_id=stack.arn,
            )
            for manager, mark in _marks(stack)
        ]
    )


def _marks(stack: Stack) -> Iterator[tuple[str, str]]:
    """Who manages the stack, and by what that is known."""
    yield from ((manager, "its name") for name, manager in NAMES.items() if name.fullmatch(stack.name))
    for beginning, manager in TAGS.items():
        yield from ((manager, f"tag {key}") for key in sorted(stack.tags) if key.startswith(beginning))
