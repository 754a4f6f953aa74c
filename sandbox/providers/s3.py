"""AWS::S3: bucket and bucket policy.

What s3_aspects doesn't list stays as CloudFormation set it: replication, notifications, CORS, and logging, for which
moto wants the grant on the target bucket in place beforehand.
"""

from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, HandlerError, Properties, Request
from sandbox.providers.guarded import changed
from sandbox.providers.s3_aspects import ASPECTS
from sandbox.providers.shapes import parsed, text

NAME_LIMIT = 63
HOME = "us-east-1"
"""The one region that may not be named as a LocationConstraint."""


class Bucket:
    """AWS::S3::Bucket."""

    drift = True

    def create(self, request: Request) -> Handled:
        s3 = request.client("s3")
        name = names.given(request, "BucketName", NAME_LIMIT, lower=True)
        place = {"CreateBucketConfiguration": {"LocationConstraint": request.region}} if request.region != HOME else {}
        locked = text(request.properties.get("ObjectLockEnabled", False)) == "true"
        s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked, **place)
        self._configure(request, s3, name)
        return _handled(request, name)

    def update(self, request: Request) -> Handled:
        s3 = request.client("s3")
        self._configure(request, s3, request.physical_id)
        return _handled(request, request.physical_id)

    def delete(self, request: Request) -> None:
        s3 = request.client("s3")
        found = s3.list_object_versions(Bucket=request.physical_id, MaxKeys=1)
        if found.get("Versions") or found.get("DeleteMarkers"):
            raise HandlerError("The bucket you tried to delete is not empty", "GeneralServiceException")
        s3.delete_bucket(Bucket=request.physical_id)

    def read(self, request: Request) -> Properties:
        s3 = request.client("s3")
        bucket = request.physical_id
        s3.head_bucket(Bucket=bucket)
        live = {aspect.property: aspect.get(s3, bucket) for aspect in ASPECTS if aspect.property in request.properties}
        return {**live, "Tags": _live_tags(s3, bucket)}

    @staticmethod
    def _configure(request: Request, s3: Any, bucket: str) -> None:
        for aspect in ASPECTS:
            if aspect.property in request.properties:
                if changed(request, aspect.property):
                    aspect.put(s3, bucket, request.properties[aspect.property])
            elif aspect.property in request.previous:
                aspect.clear(s3, bucket)
        _set_tags(request, s3, bucket)


def _set_tags(request: Request, s3: Any, bucket: str) -> None:
    """S3 takes the whole set at once, so what others have put on the bucket is kept; it refuses `aws:` tags."""
    gone = tags.unwanted(request)
    kept = {key: value for key, value in tags.as_map(_live_tags(s3, bucket)).items() if key not in gone}
    wanted = {**kept, **tags.without_system(tags.wanted(request))}
    if wanted:
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags.listed(wanted)})
    elif gone:
        s3.delete_bucket_tagging(Bucket=bucket)


def _live_tags(s3: Any, bucket: str) -> list[dict[str, str]]:
    try:
        found: list[dict[str, str]] = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchTagSet":
            raise
        return []
    return found


def _handled(request: Request, name: str) -> Handled:
    attributes = {
        "Arn": f"arn:aws:s3:::{name}",
        "DomainName": f"{name}.s3.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{request.region}.amazonaws.com",
        "DualStackDomainName": f"{name}.s3.dualstack.{request.region}.amazonaws.com",
        "WebsiteURL": f"http://{name}.s3-website-{request.region}.amazonaws.com",
    }
    return Handled(name, attributes)


class BucketPolicy:
    """AWS::S3::BucketPolicy; Ref is the bucket."""

    drift = True

    def create(self, request: Request) -> Handled:
        bucket = request.properties["Bucket"]
        policy = text(request.properties["PolicyDocument"])
        request.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
        return Handled(bucket, {})

    def update(self, request: Request) -> Handled:
        return self.create(request)

    def delete(self, request: Request) -> None:
        request.client("s3").delete_bucket_policy(Bucket=request.physical_id)

    def read(self, request: Request) -> Properties:
        found = request.client("s3").get_bucket_policy(Bucket=request.physical_id)
        return {"Bucket": request.physical_id, "PolicyDocument": parsed(found["Policy"])}
