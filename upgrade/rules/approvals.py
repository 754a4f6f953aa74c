"""Approvals of a plan: DSSE envelopes around an in-toto statement that names the plan's digest. Pure but for the files.

https://github.com/secure-systems-lab/dsse and https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

import base64
import binascii
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from upgrade.errors import UsageError
from upgrade.facts.review import Approval

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:plimsoll:approval:v1"
"""Predicate: name, meaning, at (with its zone), identity."""

SUBJECT = "plan.json"

SKEW = timedelta(minutes=5)
"""How far the clocks of who plans, approves and executes may be apart."""


def read(path: Path, keys: Mapping[str, Path]) -> Approval:
    """Read one approval and look whether it is signed with the configured key of the name in it.

    Args:
        path: the file.
        keys: by printed name, the approver's public key (PEM).

    Raises:
        UsageError: the file can't be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--approval={path}: can't be read ({error}): name the file an approver has written") from None
    try:
        document = json.loads(text)
        signed = isinstance(document, dict) and "payload" in document
        statement = _payload(document) if signed else document
        genuine = signed and _is_signed(document, statement, keys)
        approval = _approval(path, statement, signed=signed, authenticated=genuine)
        return replace(approval, envelope=text if genuine else "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        why = f"is no approval: {error}"
        return Approval(str(path), "", "", None, "", "", signed=False, authenticated=False, problem=why)


def require_keys(keys: Mapping[str, Path]) -> None:
    """Make sure that the key of every approver is there, before anything is asked of AWS.

    Raises:
        UsageError: one is not.
    """
    for name, path in keys.items():
        try:
            _key(path)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise UsageError(
                f"change.approvers: the key of {name!r}, {path}: {why}; expected a public key (PEM)"
            ) from None


def untimely(approval: Approval, made: datetime, now: datetime) -> str:
    """Why an approval can't have been given when it says; empty if it can.

    Args:
        approval: one that was read.
        made: when the plan was made.
        now: the moment of judgement.
    """
    if approval.at is None or made - SKEW <= approval.at <= now + SKEW:
        return ""
    if approval.at < made:
        return f"it was given at {approval.at.isoformat()}, before the plan was made ({made.isoformat()})"
    return f"it was given at {approval.at.isoformat()}, which has not come yet"


def is_runner(approval: Approval, runners: Iterable[str]) -> bool:
    """Whether the approver is who runs the upgrade, as far as names tell.

    Args:
        approval: a valid one.
        runners: who runs it: ARNs, whose last part is the user's or the session's name, and names.
    """
    said = _names(approval.name) | _names(approval.identity)
    return any(said & _names(runner) for runner in runners)


def person(name: str) -> str:
    """What tells people apart: `Jane Doe`, `jane.doe` and `jane-doe@example.com` are one."""
    plain = unicodedata.normalize("NFKD", name.partition("@")[0]).casefold()
    return "".join(filter(str.isalnum, plain))


def _payload(document: Mapping[str, Any]) -> Any:
    if document["payloadType"] != PAYLOAD_TYPE:
        raise ValueError(f"payloadType is {document['payloadType']!r}, expected {PAYLOAD_TYPE!r}")
    return json.loads(base64.b64decode(document["payload"], validate=True))


def _approval(path: Path, statement: Any, *, signed: bool, authenticated: bool) -> Approval:
    if statement["_type"] != STATEMENT or statement["predicateType"] != PREDICATE:
        raise ValueError("the statement is not one about an approval")
    predicate = statement["predicate"]
    at = datetime.fromisoformat(predicate["at"])
    if at.tzinfo is None:
        raise ValueError("its time has no zone")
    subjects = [subject["digest"]["sha256"] for subject in statement["subject"] if subject["name"] == SUBJECT]
    if len(subjects) != 1:
        raise ValueError(f"it names {len(subjects)} plans, expected one")
    return Approval(
        file=str(path),
        name=_text(predicate["name"]),
        meaning=_text(predicate["meaning"]),
        at=at,
        identity=_text(predicate.get("identity", "")),
        plan_sha256=_text(subjects[0]),
        signed=signed,
        authenticated=authenticated,
        problem="",
    )


def _is_signed(document: Mapping[str, Any], statement: Any, keys: Mapping[str, Path]) -> bool:
    """Whether one of the envelope's signatures is by the key that is configured for the name in the statement."""
    # Imported late: signatures are looked at only where approvals are given.
    from securesystemslib.dsse import Envelope  # noqa: PLC0415
    from securesystemslib.exceptions import VerificationError  # noqa: PLC0415

    path = keys.get(statement["predicate"]["name"])
    if path is None:
        return False
    key = _key(path)
    # Key ids are hints that nobody vouches for: of every signature we ask whether this key made it.
    signatures = [{"keyid": key.keyid, "sig": each["sig"]} for each in document["signatures"]]
    for signature in signatures:
        envelope = Envelope.from_dict(
            {"payload": document["payload"], "payloadType": document["payloadType"], "signatures": [signature]}
        )
        try:
            envelope.verify([key], 1)
        except VerificationError:
            continue
        return True
    return False


def _key(path: Path) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]  # noqa: PLC0415  # exported in fact

    return SSlibKey.from_crypto(load_pem_public_key(path.read_bytes()))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _names(name: str) -> set[str]:
    """The person a name or an ARN stands for, under both of its forms."""
    return {person(name), person(name.rpartition("/")[2])} - {""}
