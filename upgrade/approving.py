"""What who approves a plan sees of it, and the statement that is signed. Pure but for the key's file.

The plan file alone is read, and AWS is not asked: what is approved is what the digest stands for.
"""

import getpass
import json
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from upgrade.errors import UsageError
from upgrade.facts.changes import ChangeDetail, ResourceChange
from upgrade.rules.approvals import PAYLOAD_TYPE, PREDICATE, STATEMENT, SUBJECT
from upgrade.rules.bound import BoundPlan
from upgrade.template.telling import KNOWN_AFTER_APPLY

TYPED = 8
"""So many characters of the digest are asked for: who types them has it before his eyes."""

GROUPS: Mapping[str, Callable[[ResourceChange], bool]] = {
    "Removed": lambda change: change.action == "Remove",
    "Replaced": lambda change: change.replacement == "True",
    "Perhaps replaced": lambda change: change.replacement == "Conditional",
    "Changed in place": lambda change: change.action == "Modify" and change.replacement == "False",
    "Added": lambda change: change.action == "Add",
    "Otherwise": lambda _: True,
}
"""A change belongs to the first that takes it; the worst come first."""


def shown(plan: BoundPlan, sha256: str, now: datetime) -> Iterator[str]:
    """Everything that is approved, line by line; texts in it are untrusted.

    Args:
        plan: the plan.
        sha256: digest of the file it was read from.
        now: for its age.
    """
    stack, change_set = plan.stack, plan.change_set
    yield f"Plan for {plan.entry}: stack {stack.name} in {plan.account} {plan.region}, {plan.deployed} → {plan.target.version}"
    yield f"  target       {plan.target.address} (sha256 {plan.target.sha256})"
    yield f"  change set   {change_set.arn}"
    yield f"  made         {plan.made:%Y-%m-%d %H:%M %Z}, {_age(now - plan.made)} ago, by Plimsoll {plan.tool} in run {plan.run}"
    yield f"  valid until  {plan.valid_until:%Y-%m-%d %H:%M %Z}"
    yield from _section("Changes", _changes(plan.changes))
    yield from _section("Parameters", _compared(stack.parameters, plan.parameters))
    yield from _section("Tags", _compared(_own(stack.tags), _own(change_set.tags)))
    yield from _section("Warnings", plan.warnings)
    yield from _section("If it fails", [plan.rollback_plan])
    yield ""
    yield f"sha256  {sha256}"


def statement(plan_sha256: str, name: str, meaning: str, at: datetime) -> dict[str, Any]:
    """The in-toto statement of an approval; who that is to this machine is asserted by nobody but the machine.

    https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
    """
    return {
        "_type": STATEMENT,
        "subject": [{"name": SUBJECT, "digest": {"sha256": plan_sha256}}],
        "predicateType": PREDICATE,
        "predicate": {"name": name, "meaning": meaning, "at": at.isoformat(), "identity": _identity()},
    }


def signed(document: Mapping[str, Any], key: Path, password: Callable[[], str]) -> dict[str, Any]:
    """The DSSE envelope around a statement.

    Args:
        document: the statement.
        key: file with a private key (PEM): ECDSA, Ed25519 or RSA.
        password: asked only where the key is encrypted.

    Raises:
        UsageError: the key can't be read or used.
    """
    # Imported late: this is needed for signing alone.
    from securesystemslib.dsse import Envelope  # noqa: PLC0415
    from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # noqa: PLC0415  # exported in fact

    try:
        signer = CryptoSigner(_private_key(key.read_bytes(), password))
    except (OSError, ValueError, TypeError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"--key={key}: {why}; expected a private key (PEM)") from None
    envelope = Envelope(json.dumps(document).encode(), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    made: dict[str, Any] = envelope.to_dict()
    return made


def confirm(sha256: str, given: str | None) -> None:
    """Make sure that this plan is meant: by the beginning of its digest, from the command line or typed.

    Raises:
        UsageError: it is not.
    """
    if given is None:
        if not sys.stdin.isatty():
            raise UsageError("this is no terminal: say with --digest=SHA256 which plan is approved")
        given = input(f"To approve it, type the first {TYPED} characters of its sha256: ")
    given = given.strip().lower()
    if len(given) < TYPED or not sha256.startswith(given):
        raise UsageError(f"{given!r} is not the beginning of {sha256}: nothing was approved")


def _private_key(data: bytes, password: Callable[[], str]) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        return load_pem_private_key(data, None)
    except TypeError:  # how it says that the key is encrypted
        return load_pem_private_key(data, password().encode())


def _identity() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (OSError, KeyError):  # a container may have no name for its user
        return ""


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield f"{title}:"
    yield from [f"  {line}" for line in lines] or ["  none"]


def _changes(changes: Iterable[ResourceChange]) -> Iterator[str]:
    grouped: dict[str, list[ResourceChange]] = {title: [] for title in GROUPS}
    for change in changes:
        grouped[next(title for title, takes in GROUPS.items() if takes(change))].append(change)
    for title, group in grouped.items():
        if group:
            yield f"{title} ({len(group)})"
        for change in group:
            yield f"  {change.logical_id} ({change.type}) {' '.join(filter(None, _marks(change)))}".rstrip()
            yield from dict.fromkeys(f"    {_detail(detail)}" for detail in change.details)


def _marks(change: ResourceChange) -> tuple[str, ...]:
    known = {"Add", "Modify", "Remove"}
    return change.physical_id, change.policy_action, "" if change.action in known else change.action


def _detail(detail: ChangeDetail) -> str:
    where = detail.path or "/".join(filter(None, (detail.attribute, detail.name)))
    values = (
        "" if detail.before is None and detail.after is None else f": {_value(detail.before)} → {_value(detail.after)}"
    )
    return f"{where}{values}"


def _compared(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield f"{name}: {_value(old.get(name))} → {_value(new.get(name))}"


def _value(value: str | None) -> str:
    if value == KNOWN_AFTER_APPLY:
        return "known after the update"
    return "absent" if value is None else json.dumps(value, ensure_ascii=False)


def _own(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Without those that AWS itself sets."""
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def _age(age: timedelta) -> str:
    hours, minutes = divmod(int(age.total_seconds()) // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
