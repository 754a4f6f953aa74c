"""KMS: DescribeKey of the key with which another account encrypts an image it shares (knob `images`).

moto looks at the last part of an ARN only, and knows no other account's keys.
https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.kms import urls
from moto.kms.exceptions import NotFoundException
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
