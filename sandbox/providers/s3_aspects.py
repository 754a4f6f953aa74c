"""The configurations of an S3 bucket: each is one property in a template and has calls of its own in S3."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.providers.shapes import accepted, text


@dataclass(frozen=True, slots=True)
class Aspect:
    """One configuration: `put_bucket_<call>`, `get_bucket_<call>`, `delete_bucket_<call>`."""

    property: str
    operation: str
    """As in `PutBucketVersioning`, without `Put`."""
    parameter: str
    """Of the put call."""
    call: str
    to_api: Callable[[Any], Any]
    from_api: Callable[[Mapping[str, Any]], Any]
    off: Any = None
    """What put gets when the property is taken away; None: it is deleted."""

    def put(self, s3: Any, bucket: str, value: Any) -> None:
        values = {"Bucket": bucket, self.parameter: self.to_api(value)}
        getattr(s3, f"put_{self.call}")(**accepted(s3, f"Put{self.operation}", values))

    def get(self, s3: Any, bucket: str) -> Any:
        """None where the bucket has none. Raises ClientError for a bucket that is not there."""
        try:
            return self.from_api(getattr(s3, f"get_{self.call}")(Bucket=bucket))
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                raise
            return None

    def clear(self, s3: Any, bucket: str) -> None:
        if self.off is not None:
            getattr(s3, f"put_{self.call}")(Bucket=bucket, **{self.parameter: self.off})
        else:
            getattr(s3, f"delete_{self.call}")(Bucket=bucket)


def _same(value: Any) -> Any:
    return value


def _encryption(value: Mapping[str, Any]) -> dict[str, Any]:
    rules = [
        {"ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault"), **rule}
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    return {"Rules": rules}


def _from_encryption(answer: Mapping[str, Any]) -> dict[str, Any]:
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    shown = [
        {**rule, "ServerSideEncryptionByDefault": rule.get("ApplyServerSideEncryptionByDefault")} for rule in rules
    ]
    return {"ServerSideEncryptionConfiguration": shown}


def _lifecycle(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    result = {
        "ID": rule.get("Id"),
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration"),
        "Expiration": {name: item for name, item in expiration.items() if item is not None} or None,
        "Transitions": _days(rule.get("Transitions"), "TransitionInDays", "Days"),
        "NoncurrentVersionTransitions": _days(
            rule.get("NoncurrentVersionTransitions"), "TransitionInDays", "NoncurrentDays"
        ),
    }
    return {name: item for name, item in result.items() if item is not None}


def _days(transitions: Any, old: str, new: str) -> list[dict[str, Any]] | None:
    if transitions is None:
        return None
    return [{(new if name == old else name): value for name, value in item.items()} for item in transitions]


def _from_lifecycle(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {"Rules": [_from_lifecycle_rule(rule) for rule in answer["Rules"]]}


def _from_lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    expiration = rule.get("Expiration", {})
    result = {
        **rule,
        "Prefix": rule.get("Filter", {}).get("Prefix"),
        "ExpirationInDays": expiration.get("Days"),
        "ExpirationDate": expiration.get("Date"),
        "ExpiredObjectDeleteMarker": expiration.get("ExpiredObjectDeleteMarker"),
        "Transitions": _days(rule.get("Transitions"), "Days", "TransitionInDays"),
        "NoncurrentVersionTransitions": _days(
            rule.get("NoncurrentVersionTransitions"), "NoncurrentDays", "TransitionInDays"
        ),
    }
    return {name: item for name, item in result.items() if item is not None}


ASPECTS = (
    Aspect(
        "VersioningConfiguration",
        "BucketVersioning",
        "VersioningConfiguration",
        "bucket_versioning",
        _same,
        lambda answer: {"Status": answer.get("Status", "Off")},
        {"Status": "Suspended"},
    ),
    Aspect(
        "BucketEncryption",
        "BucketEncryption",
        "ServerSideEncryptionConfiguration",
        "bucket_encryption",
        _encryption,
        _from_encryption,
    ),
    Aspect(
        "PublicAccessBlockConfiguration",
        "PublicAccessBlock",
        "PublicAccessBlockConfiguration",
        "public_access_block",
        lambda value: {name: text(item) == "true" for name, item in value.items()},
        lambda answer: answer["PublicAccessBlockConfiguration"],
    ),
    Aspect(
        "OwnershipControls",
        "BucketOwnershipControls",
        "OwnershipControls",
        "bucket_ownership_controls",
        _same,
        lambda answer: answer["OwnershipControls"],
    ),
    Aspect(
        "LifecycleConfiguration",
        "BucketLifecycleConfiguration",
        "LifecycleConfiguration",
        "bucket_lifecycle_configuration",
        _lifecycle,
        _from_lifecycle,
    ),
)
