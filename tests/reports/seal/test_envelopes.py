import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

from reports.seal import envelopes
from tests.reports.sealed import signer

PAYLOAD = b'{"_type":"https://in-toto.io/Statement/v1"}\n'


def test_another_library_verifies_the_envelope_and_refuses_another_payload(tmp_path: Path) -> None:
    key = signer(tmp_path)
    signature = key.sign(envelopes.to_be_signed(PAYLOAD))
    told = json.loads(envelopes.dsse(PAYLOAD, signature, key.public_key()))
    loaded = load_der_public_key(key.public_key())
    public = SSlibKey.from_crypto(loaded, keyid=told["signatures"][0]["keyid"])

    assert list(Envelope.from_dict(json.loads(json.dumps(told))).verify([public], 1))
    told["payload"] = base64.b64encode(PAYLOAD.replace(b"v1", b"v2")).decode()
    with pytest.raises(VerificationError):
        Envelope.from_dict(told).verify([public], 1)


def test_what_is_signed_is_what_dsse_says() -> None:
    assert envelopes.to_be_signed(b"hello") == b"DSSEv1 28 application/vnd.in-toto+json 5 hello"


def test_a_sigstore_bundle_carries_signature_and_timestamp() -> None:
    told = json.loads(envelopes.bundle_of_message(b"root", b"signature", b"key", b"stamp"))

    assert told["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert base64.b64decode(told["messageSignature"]["signature"]) == b"signature"
    stamps = told["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"]
    assert base64.b64decode(stamps[0]["signedTimestamp"]) == b"stamp"
    assert "timestampVerificationData" not in envelopes.bundle_of_message(b"root", b"signature", b"key")
