"""A bucket with all its configurations, and its policy."""

from typing import Any

import pytest

from sandbox.providers.base import Gone, HandlerError
from tests.sandbox.providers.resource import Resource, aws

LIFECYCLE = {
    "Rules": [
        {
            "Id": "old",
            "Status": "Enabled",
            "ExpirationInDays": "90",
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            "Transitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": 30}],
            "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": 10}],
        },
        {"Id": "markers", "Status": "Enabled", "ExpiredObjectDeleteMarker": True},
    ]
}
ENCRYPTION = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


@pytest.fixture
def bucket() -> Resource:
    wanted = {
        "VersioningConfiguration": {"Status": "Enabled"},
        "BucketEncryption": ENCRYPTION,
        "LifecycleConfiguration": LIFECYCLE,
        "LoggingConfiguration": {"LogFilePrefix": "shop/"},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": "true",
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "Tags": [{"Key": "protected", "Value": "true"}],
    }
    return Resource("AWS::S3::Bucket", wanted, "S3CapsulesBucket")


def test_created_as_wanted(bucket: Resource) -> None:
    assert bucket.id.startswith("shop-s3capsulesbucket-")
    assert bucket.attributes["Arn"] == f"arn:aws:s3:::{bucket.id}"
    assert bucket.drift() == {}
    assert aws("s3").get_bucket_versioning(Bucket=bucket.id)["Status"] == "Enabled"


@pytest.mark.parametrize(
    ("property_", "change"),
    [
        ("VersioningConfiguration", {"put_bucket_versioning": {"VersioningConfiguration": {"Status": "Suspended"}}}),
        ("BucketEncryption", {"delete_bucket_encryption": {}}),
        ("LifecycleConfiguration", {"delete_bucket_lifecycle": {}}),
        ("PublicAccessBlockConfiguration", {"delete_public_access_block": {}}),
        ("Tags", {"put_bucket_tagging": {"Tagging": {"TagSet": []}}}),
    ],
    ids=["versioning", "encryption", "lifecycle", "public", "tags"],
)
def test_changes_outside_are_seen(bucket: Resource, property_: str, change: dict[str, dict[str, Any]]) -> None:
    [(call, values)] = change.items()
    getattr(aws("s3"), call)(Bucket=bucket.id, **values)
    assert list(bucket.drift()) == [property_]


def test_updated_in_place_with_its_objects(bucket: Resource) -> None:
    aws("s3").put_object(Bucket=bucket.id, Key="a", Body=b"kept")
    rules = [{"Id": "old", "Status": "Disabled", "ExpirationInDays": 30}]
    bucket.update(LifecycleConfiguration={"Rules": rules}, Tags=[{"Key": "new", "Value": "1"}])
    assert bucket.drift() == {}
    [rule] = aws("s3").get_bucket_lifecycle_configuration(Bucket=bucket.id)["Rules"]
    assert (rule["Status"], rule["Expiration"]["Days"]) == ("Disabled", 30)
    live = {tag["Key"] for tag in aws("s3").get_bucket_tagging(Bucket=bucket.id)["TagSet"]}
    assert live == {"new", "team"}
    assert aws("s3").get_object(Bucket=bucket.id, Key="a")["Body"].read() == b"kept"


def test_only_an_empty_bucket_is_deleted(bucket: Resource) -> None:
    aws("s3").put_object(Bucket=bucket.id, Key="a", Body=b"x")
    with pytest.raises(HandlerError, match="not empty"):
        bucket.delete()
    aws("s3").delete_object(Bucket=bucket.id, Key="a")
    with pytest.raises(HandlerError, match="not empty"):
        bucket.delete()


def test_deleted() -> None:
    bucket = Resource("AWS::S3::Bucket", {"BucketName": "shop-of-nothing"})
    assert bucket.id == "shop-of-nothing"
    bucket.delete()
    with pytest.raises(Gone):
        bucket.read()
    bucket.delete()


def test_policy(bucket: Resource) -> None:
    statement = {
        "Sid": "tls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket.id}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policy = Resource("AWS::S3::BucketPolicy", {"Bucket": bucket.id, "PolicyDocument": document})
    assert policy.drift() == {}
    policy.update(PolicyDocument={**document, "Statement": [{**statement, "Sid": "other"}]})
    assert policy.drift() == {}
    aws("s3").delete_bucket_policy(Bucket=bucket.id)
    with pytest.raises(Gone):
        policy.read()
    policy.delete()
