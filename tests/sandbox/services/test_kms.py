"""The key with which another account encrypts an image it shares."""

import pytest

from tests.sandbox.outside import Outside, refused
from tests.sandbox.services.test_images import IMAGE, KEY


def test_a_key_of_another_account_is_described(http: Outside) -> None:
    http.set(images={IMAGE: {"kms_key": KEY}})
    found = http.client("kms").describe_key(KeyId=KEY)["KeyMetadata"]
    assert (found["Arn"], found["KeyState"], found["Enabled"]) == (KEY, "Enabled", True)
    assert (found["AWSAccountId"], found["KeyId"]) == (KEY.split(":")[4], KEY.rpartition("/")[2])
    assert found["KeyManager"] == "CUSTOMER"
    assert "DeletionDate" not in found


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_it_may_be_unusable(http: Outside, state: str) -> None:
    http.set(images={IMAGE: {"kms_key": KEY, "key_state": state}})
    found = http.client("kms").describe_key(KeyId=KEY)["KeyMetadata"]
    assert (found["KeyState"], found["Enabled"]) == (state, False)
    assert ("DeletionDate" in found) is (state == "PendingDeletion")


def test_a_key_nobody_named_is_not_found(http: Outside) -> None:
    other = KEY.replace("5d1c", "0000")
    http.set(images={IMAGE: {"kms_key": KEY}})
    assert refused(http.client("kms").describe_key, KeyId=other)[0] == "NotFoundException"


def test_a_key_of_another_region_is_not_found(http: Outside) -> None:
    http.set(images={IMAGE: {"kms_key": KEY}})
    assert refused(http.client("kms", "eu-central-1").describe_key, KeyId=KEY) == (
        "NotFoundException",
        "Invalid arn us-east-1",
    )


def test_our_own_keys_are_as_they_are(http: Outside) -> None:
    kms = http.client("kms")
    own = kms.create_key(Description="ours")["KeyMetadata"]
    kms.disable_key(KeyId=own["KeyId"])
    http.set(images={IMAGE: {"kms_key": own["Arn"]}})
    found = kms.describe_key(KeyId=own["Arn"])["KeyMetadata"]
    assert (found["Description"], found["KeyState"]) == ("ours", "Disabled")
