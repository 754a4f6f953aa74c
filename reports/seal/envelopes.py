"""Signatures in the forms that other people's tools read: DSSE envelopes and Sigstore bundles. Pure.

https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

PAYLOAD_TYPE = "application/vnd.in-toto+json"
BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"


def to_be_signed(payload: bytes) -> bytes:
    """What a DSSE signature covers: type and payload with their lengths."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def dsse(payload: bytes, signature: bytes, public: bytes) -> str:
    """A DSSE envelope.

    Args:
        payload: the statement.
        signature: over `to_be_signed(payload)`, DER.
        public: the key, DER; its hash is the key id, which is a hint only.
    """
    return _json(_envelope(payload, signature, public))


def bundle_of_dsse(payload: bytes, signature: bytes, public: bytes) -> str:
    """The same as a Sigstore bundle."""
    return _json({**_bundle(public, b""), "dsseEnvelope": _envelope(payload, signature, public)})


def bundle_of_message(message: bytes, signature: bytes, public: bytes, timestamp: bytes = b"") -> str:
    """A Sigstore bundle of a signature over a message.

    Args:
        message: what was signed.
        signature: DER.
        public: the key, DER.
        timestamp: RFC 3161 response over the signature; empty where there is none.
    """
    digest = {"algorithm": "SHA2_256", "digest": _base64(hashlib.sha256(message).digest())}
    return _json(
        {
            **_bundle(public, timestamp),
            "messageSignature": {"messageDigest": digest, "signature": _base64(signature)},
        }
    )


def _envelope(payload: bytes, signature: bytes, public: bytes) -> dict[str, Any]:
    return {
        "payload": _base64(payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": hashlib.sha256(public).hexdigest(), "sig": _base64(signature)}],
    }


def _bundle(public: bytes, timestamp: bytes) -> dict[str, Any]:
    material: dict[str, Any] = {"publicKey": {"hint": _base64(hashlib.sha256(public).digest())}}
    if timestamp:
        material["timestampVerificationData"] = {"rfc3161Timestamps": [{"signedTimestamp": _base64(timestamp)}]}
    return {"mediaType": BUNDLE_TYPE, "verificationMaterial": material}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, indent=1, sort_keys=True) + "\n"
