"""ResourcesToSkip of ContinueUpdateRollback: only what failed to be rolled back may be skipped.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
"""

from collections.abc import Iterable, Iterator

from sandbox.engine.deployment import Deployment
from sandbox.engine.errors import ValidationError
from sandbox.engine.state import STACK, Stack


def check(deployment: Deployment, names: Iterable[str]) -> tuple[str, ...]:
    """The names, if each may be skipped. Raises ValidationError."""
    wanted = tuple(names)
    allowed = set(skippable(deployment))
    wrong = [name for name in wanted if name not in allowed]
    if wrong:
        raise ValidationError(
            f"Resources [{', '.join(wrong)}] can not be skipped: only resources in UPDATE_FAILED state because the "
            "rollback failed can be"
        )
    return wanted


def skippable(deployment: Deployment) -> Iterator[str]:
    """Logical ids, and `NestedStack.LogicalId` by the name of the nested stack, which its logical id is not."""
    yield from (name for name, kind in _failed(deployment.stack) if kind != STACK)
    for step in deployment.steps:
        if step.nested:
            for name in skippable(step.nested):
                yield f"{step.nested.stack.name}.{name}"


def _failed(stack: Stack) -> Iterator[tuple[str, str]]:
    return ((name, row.type) for name, row in stack.state.resources.items() if row.status == "UPDATE_FAILED")
