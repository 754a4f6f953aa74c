"""A key in AWS KMS that seals evidence: it never leaves KMS, and CloudTrail keeps each use of it."""

import hashlib
from collections.abc import Callable
from typing import Any

from upgrade.aws.errors import FAILURES, detail_of
from upgrade.facts.seal import Kind

ATTEMPTS = 4
"""Attempts of one call: a verdict waits for it."""

SPEC = "ECC_NIST_P256"
"""The only kind of key that is used: every openssl verifies it.
https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html#key-spec-ecc"""


class KmsKey:
    """A P-256 key for SIGN_VERIFY."""

    kind = Kind.AWS_KMS

    def __init__(self, client: Callable[[], Any], key: str) -> None:
        """A key.

        Args:
            client: gives a KMS client of the `store` door that leads to this key, asked anew for each call.
            key: ARN, id or alias.
        """
        self._client, self.key = client, key
        self._public = b""

    def public_key(self) -> bytes:
        """The public key: DER, SubjectPublicKeyInfo. Asked once.

        Raises:
            OSError: it can't be had, or is of another kind.
        """
        if not self._public:
            try:
                told = self._client().get_public_key(KeyId=self.key)
            except FAILURES as error:
                raise OSError(f"KMS key {self.key}: kms:GetPublicKey: {detail_of(error)}") from None
            if told.get("KeySpec") != SPEC:
                raise OSError(f"KMS key {self.key} is {told.get('KeySpec')}, and evidence is sealed with {SPEC}")
            self._public = bytes(told.get("PublicKey", b""))
        return self._public

    def sign(self, data: bytes) -> bytes:
        """ECDSA over SHA-256 of this: DER. Only its digest leaves this machine.

        Raises:
            OSError: KMS does not sign.
        """
        asked = {"MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
        try:
            told = self._client().sign(KeyId=self.key, Message=hashlib.sha256(data).digest(), **asked)
        except FAILURES as error:
            raise OSError(f"KMS key {self.key}: kms:Sign: {detail_of(error)}") from None
        return bytes(told.get("Signature", b""))
