import hashlib
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from reports.seal.signer import is_signed
from tests.sandbox.scenarios.told import Told


def test_archived(told: Callable[[str], Told]) -> None:
    world = told("archived")
    bucket, _, prefix = world.demo["evidence"]["archive"].removeprefix("s3://").partition("/")

    assert prefix
    assert world.aws.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_kms_sealed(told: Callable[[str], Told]) -> None:
    world = told("kms-sealed")
    evidence = world.demo["evidence"]
    kms = world.aws.client("kms")
    key = kms.get_public_key(KeyId=evidence["kms_key_id"])
    digest = hashlib.sha256(b"root").digest()
    signed = kms.sign(
        KeyId=evidence["kms_key_id"], Message=digest, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256"
    )

    assert "signing_key" not in evidence
    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    assert is_signed(key["PublicKey"], signed["Signature"], b"root")
    with pytest.raises(ClientError, match="invalid length"):
        kms.sign(KeyId=evidence["kms_key_id"], Message=b"x", MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256")
