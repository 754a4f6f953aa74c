"""Right before executing: is everything the judgement rests on still as it was? Pure; the reading is the session's."""

from collections.abc import Iterator
from dataclasses import dataclass

from upgrade.config.product import Workers
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Unknown
from upgrade.facts.services import Databases
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Identity, Stack, Template
from upgrade.rules.health import sizes
from upgrade.rules.quiet import at_work


@dataclass(frozen=True, slots=True)
class Volatile:
    """What may move between judgement and execution, read again."""

    identity: Fact[Identity]
    """Of the credentials that will execute."""
    stack: Fact[Stack]
    databases: Fact[Databases]
    template: Fact[Template]
    """Of the change set."""
    change_set: Fact[tuple[str, str, str]]
    """Status, its reason, execution status."""
    at_work: Fact[frozenset[str]]
    """Ids of jobs and machines on which users' work runs."""


def moved(before: Snapshot, plan: Plan, now: Volatile, account: str, workers: Workers | None) -> list[str]:
    """What is no longer as it was judged, or can't be read any more, a sentence each."""
    judged = (before.stack, before.databases, plan.template, at_work(before, workers))
    again = (now.identity, now.stack, now.databases, now.template, now.change_set, now.at_work)
    unknown = [
        *(f"was never known, so can't be compared: {each}" for each in judged if isinstance(each, Unknown)),
        *(f"can't be read again: {each}" for each in again if isinstance(each, Unknown)),
    ]
    if unknown:
        return unknown
    begun = sorted(now.at_work.value - at_work(before, workers).value)
    return [*_moved(before, plan, now, account), *(f"{each} has begun to work since" for each in begun)]


def _moved(before: Snapshot, plan: Plan, now: Volatile, account: str) -> Iterator[str]:
    if now.identity.value.account != account:
        yield f"the executing credentials are of account {now.identity.value.account}, not {account}"
    was, stack = before.stack.value, now.stack.value
    for what, old, new in (
        ("the stack's ARN", was.arn, stack.arn),
        ("the stack's status", was.status, stack.status),
        ("the time of its last update", was.updated, stack.updated),
        ("its role", was.role_arn, stack.role_arn),
    ):
        if old != new:
            yield f"{what} was {old}, now it is {new}"
    if was.parameters != stack.parameters:
        yield f"parameters changed: {_changed(was.parameters, stack.parameters)}"
    if was.tags != stack.tags:
        yield f"tags changed: {_changed(was.tags, stack.tags)}"
    old_sizes, new_sizes = sizes(before.databases.value), sizes(now.databases.value)
    for name in sorted(old_sizes.keys() | new_sizes.keys()):
        if old_sizes.get(name) != new_sizes.get(name):
            yield (
                f"database {name} (id, allocated storage, maximum, engine) was {_told(old_sizes.get(name))}, "
                f"now it is {_told(new_sizes.get(name))}"
            )
    if now.template.value.sha256 != plan.template.value.sha256:
        yield "the change set holds another template than the one that was judged"
    status, reason, execution = now.change_set.value
    if (status, execution) != ("CREATE_COMPLETE", "AVAILABLE"):
        yield f"the change set is {status}, {execution}{f' ({reason})' if reason else ''}"


def _changed(old: object, new: object) -> str:
    before, after = (dict(each) if isinstance(each, dict) else {} for each in (old, new))
    return ", ".join(sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key)))


def _told(values: tuple[object, ...] | None) -> str:
    return "/".join(map(str, values)) if values else "absent"
