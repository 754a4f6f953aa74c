"""The way back of a deployment: every step is taken back in reverse, then what was made new is deleted.

A step that would not go back is not marked so, so that ContinueUpdateRollback goes on where the rollback stopped.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.engine import nested, removal
from sandbox.engine.changes import policy_action
from sandbox.engine.handlers import Failed, Handlers
from sandbox.engine.state import STACK, Resource

if TYPE_CHECKING:
    from sandbox.engine.deployment import Deployment, Step


def back(deployment: "Deployment", skip: Collection[str] = ()) -> list[str]:
    """Take back what the deployment changed in resources that were there before; the logical ids that would not.

    Args:
        deployment: a failed one.
        skip: logical ids to leave as they are; `Nested.LogicalId` for those of nested stacks.
    """
    stack = deployment.stack
    stack.change(
        definition=deployment.stable.definition, outputs=deployment.stable.outputs, imports=deployment.stable.imports
    )
    failed: list[str] = []
    for group in _groups(deployment):
        for step in group:
            if step.logical_id not in skip:
                stack.put(_current(deployment, step), "UPDATE_IN_PROGRESS")
        deployment.region.knobs.wait(deployment.region.knobs.pace)
        failed += [step.logical_id for step in group if not _undone(deployment, step, skip)]
    if not failed:
        _restore_silent_changes(deployment)
    return failed


def made_new(deployment: "Deployment") -> list[Resource]:
    """What the deployment made and nobody needs any more once it is taken back."""
    return [
        step.done or replace(step.wanted, physical_id="")
        for step in deployment.steps
        if step.way == "create" or (step.way == "replace" and step.done)
    ]


def discard(deployment: "Deployment") -> None:
    """Delete what the deployment made new; what will not go is left behind."""
    stack = deployment.stack
    created = [row for row in made_new(deployment) if row.logical_id not in deployment.stable.existing]
    replacing = [row for row in made_new(deployment) if row.logical_id in deployment.stable.existing]
    removal.Removal(
        deployment.region, stack, lambda _: "Delete", fault="rollback", tries=removal.TRIES, listed=False
    ).remove(replacing)
    removal.Removal(
        deployment.region, stack, policy_when_taken_back(deployment), fault="rollback", tries=removal.TRIES
    ).remove(created)
    for row in created:
        stack.drop(row.logical_id)


def policy_when_taken_back(deployment: "Deployment") -> Callable[[Resource], str]:
    """What becomes of a resource whose creation is taken back: RetainExceptOnCreate does not retain it."""

    def policy(row: Resource) -> str:
        if deployment.retain_except_on_create or row.declared.get("DeletionPolicy") == "RetainExceptOnCreate":
            return "Delete"
        return policy_action(row.declared, row.type, row.properties, replaced=False)

    return policy


def _groups(deployment: "Deployment") -> Iterator["list[Step]"]:
    """The steps to take back, in reverse, those without a dependency between them together."""
    group: list[Step] = []
    for step in reversed(deployment.steps):
        if step.way in ("create", "declare") or step.before is None or step.is_taken_back:
            continue
        if any(step.logical_id in other.wanted.needs for other in group):
            yield group
            group = []
        group.append(step)
    if group:
        yield group


def _current(deployment: "Deployment", step: "Step") -> Resource:
    return deployment.stack.state.resources.get(step.logical_id, step.wanted)


def _undone(deployment: "Deployment", step: "Step", skip: Collection[str]) -> bool:
    """Take one step back; False if it would not go."""
    stack, before = deployment.stack, step.before
    assert before is not None  # noqa: S101  # for mypy: _groups leaves the others out
    restored = before
    try:
        if step.logical_id not in skip:
            restored = _taken_back(deployment, step, before, skip)
    except Failed as failure:
        stack.put(_current(deployment, step), "UPDATE_FAILED", failure.reason)
        return False
    stack.put(restored, "UPDATE_COMPLETE")
    step.is_taken_back = True
    return True


def _taken_back(deployment: "Deployment", step: "Step", before: Resource, skip: Collection[str]) -> Resource:
    if step.wanted.type == STACK:
        nested.take_back(deployment, step, skip)
        return before
    handlers = Handlers(deployment.region, deployment.stack)
    if step.way == "replace":
        handlers.check(before, "rollback")
        return before
    now = step.done or step.wanted
    handled = handlers.update(now, before, rollback=True)
    if handled.physical_id == before.physical_id:
        return before
    return replace(before, physical_id=handled.physical_id, attributes=handled.attributes)


def _restore_silent_changes(deployment: "Deployment") -> None:
    """What only the stack knew of: Metadata and policies, dependencies, tags of what can't be tagged."""
    rows = deployment.stack.state.resources
    for name, before in deployment.stable.resources.items():
        if name in rows and rows[name] != before:
            row = rows[name]
            same = replace(row, declared=before.declared, tags=before.tags, needs=before.needs)
            deployment.stack.keep(same)
