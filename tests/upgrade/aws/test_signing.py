import hashlib
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reports.seal.signer import KeyFile, is_signed
from sandbox.scenarios.keys import write_pair
from upgrade.aws.signing import KmsKey
from upgrade.facts.seal import Kind


class Kms:
    """Stands where KMS stands: signs with a key of its own, or refuses."""

    def __init__(self, tmp_path: Any, spec: str = "ECC_NIST_P256", refused: str = "") -> None:
        private, _ = write_pair(tmp_path, "kms")
        self.key, self.spec, self.refused, self.asked = KeyFile(private), spec, refused, list[dict[str, Any]]()

    def get_public_key(self, **asked: Any) -> dict[str, Any]:
        self._answer("GetPublicKey", asked)
        return {"PublicKey": self.key.public_key(), "KeySpec": self.spec}

    def sign(self, **asked: Any) -> dict[str, Any]:
        self._answer("Sign", asked)
        return {"Signature": b"signature of " + asked["Message"]}

    def _answer(self, operation: str, asked: dict[str, Any]) -> None:
        self.asked.append(asked)
        if operation == self.refused:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not you"}}, operation)


def test_only_a_digest_is_sent_and_the_public_key_is_asked_once(tmp_path: Any) -> None:
    kms = Kms(tmp_path)
    key = KmsKey(lambda: kms, "alias/evidence")

    assert (key.kind, key.key) == (Kind.AWS_KMS, "alias/evidence")
    assert key.public_key() == key.public_key() == kms.key.public_key()
    assert key.sign(b"root") == b"signature of " + hashlib.sha256(b"root").digest()
    assert kms.asked == [
        {"KeyId": "alias/evidence"},
        {
            "KeyId": "alias/evidence",
            "Message": hashlib.sha256(b"root").digest(),
            "MessageType": "DIGEST",
            "SigningAlgorithm": "ECDSA_SHA_256",
        },
    ]


@pytest.mark.parametrize("operation", ["GetPublicKey", "Sign"])
def test_what_kms_refuses_is_told_with_key_and_call(operation: str, tmp_path: Any) -> None:
    kms = Kms(tmp_path, refused=operation)
    key = KmsKey(lambda: kms, "alias/evidence")
    call = key.public_key if operation == "GetPublicKey" else lambda: key.sign(b"root")

    with pytest.raises(OSError, match=rf"KMS key alias/evidence: kms:{operation}: .*not you"):
        call()


def test_a_key_of_another_kind_is_refused(tmp_path: Any) -> None:
    with pytest.raises(OSError, match="is RSA_2048, and evidence is sealed with ECC_NIST_P256"):
        KmsKey(lambda: Kms(tmp_path, spec="RSA_2048"), "k").public_key()


def test_a_key_file_signs_what_its_public_key_verifies(tmp_path: Any) -> None:
    private, _ = write_pair(tmp_path, "seal")
    key = KeyFile(private)
    signature = key.sign(b"root")

    assert is_signed(key.public_key(), signature, b"root")
    assert not is_signed(key.public_key(), signature, b"other")
