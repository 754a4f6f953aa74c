"""Whose the newest update of a stack is, by what AWS tells alone: for a run that finds one and has no journal of it. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from upgrade.facts.changes import run_of
from upgrade.facts.stack import Event, Stack

SLACK = timedelta(minutes=5)
"""An update's first event is not younger than the stack's LastUpdatedTime by more than this."""

_DESCRIPTION = re.compile(r"Plimsoll run (?P<run>\S+): upgrade to (?P<target>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ours:
    """An update that a run of Plimsoll has begun."""

    run: str
    """That executed."""
    planned_by: str
    """The run that made the change set; often the same."""
    token: str
    change_set: str
    """Its ARN: once it was executed, CloudFormation no longer finds it by name."""
    target: str
    """What it upgrades to, in the words of the change set's description."""
    began: datetime


@dataclass(frozen=True, slots=True)
class Theirs:
    """An update that is not ours to take up, or none at all; `why` names whose it is."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """What AWS tells does not fit together, as it may for some seconds after an execution: to be asked again."""

    why: str


def description(run_id: str, target: str) -> str:
    """What the change set of a run says of itself."""
    return f"Plimsoll run {run_id}: upgrade to {target}"


def target_of(described: str) -> str:
    """What a change set of ours says it upgrades to; empty if it does not say."""
    found = _DESCRIPTION.fullmatch(described)
    return found["target"] if found else ""


def recognise(stack: Stack, first: Event | None, described: str) -> Ours | Theirs | Unsure:
    """Whose an update is. It is ours only if its token, its change set's name and that one's description agree.

    Args:
        stack: as it is now; its picture may be older than the event.
        first: the event with which its newest update began; None if it is not among the events.
        described: the description of the change set that the stack names; empty if it names none.
    """
    if first is None:
        return Theirs("no update of the stack is among its events")
    run, planned_by = run_of(first.token), run_of(stack.change_set_id)
    if not run:
        request = f"request {first.token}" if first.token else "a request without a token"
        executed = f"; it, or one before it, executed the change set of Plimsoll run {planned_by}" if planned_by else ""
        return Theirs(f"the stack was updated by {request} at {_told(first)}, which is none of Plimsoll's{executed}")
    if _lags(stack, first):
        return Unsure(f"the stack does not show yet what request {first.token} has begun at {_told(first)}")
    found = _DESCRIPTION.fullmatch(described)
    if not planned_by or found is None or found["run"] != planned_by:
        return Theirs(
            f"request {first.token} at {_told(first)} has a token of Plimsoll's, but its change set is none: "
            f"{stack.change_set_id or 'it has none'} ({described or 'without a description'})"
        )
    return Ours(run, planned_by, first.token, stack.change_set_id, found["target"], first.at)


def _lags(stack: Stack, first: Event) -> bool:
    """Whether the stack's picture is older than the event; its change set is then that of an earlier update."""
    if first.operation_id and stack.operations:
        return first.operation_id not in {each.id for each in stack.operations}
    return stack.updated is None or first.at > stack.updated + SLACK


def _told(event: Event) -> str:
    return f"{event.at:%Y-%m-%d %H:%M:%S %Z}"
