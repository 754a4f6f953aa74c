"""Approvals as an approver's tool makes them, and broken ones."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # exported in fact

from upgrade.facts.review import Approval
from upgrade.rules.approvals import PAYLOAD_TYPE, PREDICATE, STATEMENT

PLAN = "0a" * 32


KEYS: Mapping[str, Any] = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("Ada", "Bob")}
"""Private keys by printed name."""


def statement(**changes: Any) -> dict[str, Any]:
    """What an approver states; `changes` are of its predicate."""
    said = {"name": "Ada", "meaning": "approve", "at": "2026-11-23T11:00:00Z", "identity": "ada@example.com"}
    return {
        "_type": STATEMENT,
        "subject": [{"name": "plan.json", "digest": {"sha256": PLAN}}],
        "predicateType": PREDICATE,
        "predicate": {**said, **changes},
    }


def signed(document: object, *keys: Any, payload_type: str = PAYLOAD_TYPE) -> dict[str, Any]:
    """An envelope as an approver's tool makes it."""
    envelope = Envelope(json.dumps(document).encode(), payload_type, {})
    for key in keys or (KEYS["Ada"],):
        envelope.sign(CryptoSigner(key))
    made: dict[str, Any] = envelope.to_dict()
    return made


def pem(key: Any) -> bytes:
    made: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made


Reader = Callable[[object], Approval]


def altered(envelope: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The envelope with another statement in it and the signatures of the old one."""
    return {**envelope, "payload": base64.b64encode(json.dumps(statement(**changes)).encode()).decode()}
