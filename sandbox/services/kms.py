"""KMS: keys of other accounts that encrypt an image they share (knob `images`), and signatures over a digest.

moto looks at the last part of an ARN only, knows no other account's keys, and takes every message for a raw one: it
would hash a digest again. https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from moto.kms import urls
from moto.kms.exceptions import NotFoundException, ValidationException
from moto.kms.responses import KmsResponse

from sandbox.services import images
from sandbox.services.backends import use_responses

WINDOW = timedelta(days=30)
"""How long a deletion waits unless somebody says otherwise."""


class KmsResponses(KmsResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, and keys of others."""

    def describe_key(self) -> str:
        arn = str(self._get_param("KeyId"))
        state = images.key_state(arn)
        if state is None or arn.split(":")[4] == self.current_account:
            return str(super().describe_key())
        region = arn.split(":")[3]
        if region != self.region:  # KMS's words for a key that lives elsewhere
            raise NotFoundException(f"Invalid arn {region}")
        return json.dumps({"KeyMetadata": foreign(arn, state)})

    def get_public_key(self) -> str:
        told = json.loads(super().get_public_key())
        key = self.kms_backend.describe_key(told["KeyId"])
        return json.dumps({**told, "KeySpec": key.key_spec, "KeyUsage": key.key_usage})

    def sign(self) -> str:
        if self._get_param("MessageType") != "DIGEST" or not str(self._get_param("SigningAlgorithm")).startswith(
            "ECDSA"
        ):
            return str(super().sign())
        digest, algorithm = self._get_param("Message"), str(self._get_param("SigningAlgorithm"))
        kind = _HASHES[algorithm.rpartition("_")[2]]
        if len(digest) != kind.digest_size:
            raise ValidationException("Digest is invalid length for algorithm " + algorithm)
        key_id = self.kms_backend.any_id_to_key_id(self._get_param("KeyId"))
        self._validate_key_id(key_id)
        key = self.kms_backend.keys[key_id]
        signature = key.private_key.private_key.sign(digest, ec.ECDSA(Prehashed(kind)))
        told = {"KeyId": key.arn, "Signature": base64.b64encode(signature).decode(), "SigningAlgorithm": algorithm}
        return json.dumps(told)


_HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def foreign(arn: str, state: str) -> dict[str, Any]:
    """KeyMetadata of another account's key."""
    metadata = {
        "AWSAccountId": arn.split(":")[4],
        "KeyId": arn.rpartition("/")[2],
        "Arn": arn,
        "CreationDate": images.CREATED.timestamp(),
        "Enabled": state == "Enabled",
        "Description": "",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": state,
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
    }
    if state == "PendingDeletion":
        metadata["DeletionDate"] = (datetime.now(UTC) + WINDOW).timestamp()
    return metadata


def install() -> None:
    """Use our responses."""
    use_responses(urls, KmsResponses)
