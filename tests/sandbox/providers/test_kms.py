"""Keys keep their policy as a document; aliases point to them."""

from typing import Any

import pytest

from sandbox.providers.base import Gone
from tests.sandbox.providers.resource import Resource, aws


def policy(sid: str) -> dict[str, Any]:
    principal = {"AWS": "arn:aws:iam::111122223333:root"}
    statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture
def key() -> Resource:
    wanted = {
        "Description": "Backups",
        "EnableKeyRotation": "true",
        "KeyPolicy": policy("root"),
        "Tags": [{"Key": "protected", "Value": "true"}],
    }
    return Resource("AWS::KMS::Key", wanted)


def test_key_created_as_wanted(key: Resource) -> None:
    assert key.attributes["Arn"] == f"arn:aws:kms:us-east-1:111122223333:key/{key.id}"
    assert aws("kms").describe_key(KeyId=key.id)["KeyMetadata"]["Description"] == "Backups"
    assert key.drift() == {}


def test_key_changed_outside(key: Resource) -> None:
    aws("kms").disable_key_rotation(KeyId=key.id)
    assert key.drift() == {"EnableKeyRotation": False}


def test_key_carried(key: Resource) -> None:
    key.update(KeyPolicy=policy("other"), Description="New", EnableKeyRotation=False, Tags=[{"Key": "a", "Value": "b"}])
    assert key.drift() == {}
    live = {tag["TagKey"] for tag in aws("kms").list_resource_tags(KeyId=key.id)["Tags"]}
    assert live == {"a", "team"}


def test_key_deleted(key: Resource) -> None:
    key.delete()
    assert aws("kms").describe_key(KeyId=key.id)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    with pytest.raises(Gone):
        key.read()
    key.delete()


def test_alias(key: Resource) -> None:
    alias = Resource("AWS::KMS::Alias", {"AliasName": f"alias/{key.id[:8]}", "TargetKeyId": key.id})
    assert alias.id == f"alias/{key.id[:8]}"
    assert alias.drift() == {}
    other = Resource("AWS::KMS::Key", {"KeyPolicy": policy("root")})
    aws("kms").update_alias(AliasName=alias.id, TargetKeyId=other.id)
    assert alias.drift() == {"TargetKeyId": other.id}
    alias.update(TargetKeyId=other.attributes["Arn"])
    assert alias.drift() == {}
    alias.delete()
    with pytest.raises(Gone):
        alias.read()
