"""What stands behind SSM parameter types and dynamic references, and has changed since the last update. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from upgrade.facts.known import Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.inputs import Found
from upgrade.rules.parameters import declarations
from upgrade.template.dynamic import SECRETS_MANAGER
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import SSM


@dataclass(frozen=True, slots=True)
class Moved:
    """Something that has changed, or of which that can't be told."""

    told: str
    """A sentence without full stop."""
    logical_id: str = ""
    """Of the resource that takes it."""
    parameter: str = ""
    """Of the template, whose value names it."""


def behind_parameters(before: Snapshot, named: Mapping[str, str]) -> Iterator[Moved]:
    """SSM values behind template parameters: CloudFormation itself says which one each had at the last update.

    Args:
        before: with what SSM has now.
        named: the SSM parameter of each template parameter.
    """
    stack, declared = before.stack.value, declarations(before.target.value)
    for parameter, name in named.items():
        what = f"SSM parameter {name}, from which parameter {parameter} takes its value,"
        read, was = before.stored.value[name], stack.resolved.get(parameter)
        if isinstance(read, Unknown):
            yield Moved(f"{what} was not read: {read}", parameter=parameter)
            continue
        followed = str(declared[parameter].get("Type")).startswith(SSM) and stack.parameters.get(parameter) == name
        if followed and was not in {None, read.value.value}:
            yield Moved(
                f"{what} is {read.value.value!r} since {read.value.modified:%Y-%m-%d %H:%M %Z}, it was {was!r}",
                parameter=parameter,
            )


def behind_reference(before: Snapshot, found: Found, *, is_touched: bool) -> Moved | None:
    """What a resource takes through a reference that follows the newest version; None if it has not changed.

    Args:
        before: with what SSM and Secrets Manager have now.
        found: the reference.
        is_touched: whether the plan changes the resource; a secret is read again only then.
    """
    logical_id, reference = found
    if isinstance(reference, Unresolved):
        told = f"a dynamic reference of {logical_id} was not looked at: {reference.why}"
        return Moved(told, logical_id) if is_touched else None
    if reference.fixed:
        return None
    if reference.service == SECRETS_MANAGER:
        return _secret(before, logical_id, reference.name) if is_touched else None
    what = f"SSM parameter {reference.name}, which {logical_id} refers to,"
    read = before.stored.value[reference.name]
    if isinstance(read, Unknown):
        why = "does not exist" if read.reason is Reason.NOT_FOUND else f"was not read: {read}"
        return Moved(f"{what} {why}", logical_id)
    return _later(before, what, read.value.modified, logical_id)


def _secret(before: Snapshot, logical_id: str, name: str) -> Moved | None:
    what = f"secret {name}, which {logical_id} refers to,"
    read = before.secrets.value.get(name)
    if read is None:  # one that the template makes anew, or that only a nested stack refers to
        return Moved(f"{what} was not looked at", logical_id) if "." in logical_id else None
    if isinstance(read, Unknown):
        return Moved(f"{what} was not read: {read}", logical_id)
    return _later(before, what, read.value.changed, logical_id)


def _later(before: Snapshot, what: str, at: datetime | None, logical_id: str) -> Moved | None:
    since = before.stack.value.updated or before.stack.value.created
    if at is None or at <= since:
        return None
    return Moved(f"{what} was changed at {at:%Y-%m-%d %H:%M %Z}, after the last update", logical_id)
