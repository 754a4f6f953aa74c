"""The archive in S3: objects that are put once, never written over, and read back by whoever comes next."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from upgrade.aws.errors import FAILURES, code_of, detail_of
from upgrade.facts.stored import Retention, Stored

ATTEMPTS = 4
"""Attempts of one call, where a watch waits for it; a minute without an answer is one attempt."""

THERE_ALREADY, AT_ONCE = "PreconditionFailed", "ConditionalRequestConflict"
"""An object of this name is there (412), or another is just being written (409): the second is to be tried again.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"""

NO_LOCK = "ObjectLockConfigurationNotFoundError"
REMEDY = "make a bucket with Object Lock, which can't be had later without AWS's help, or leave retain_days out"

TRIES = 5
"""How often a put is tried that meets another one of the same name."""


class Archive:
    """Objects below one address; each is named by its path from there."""

    def __init__(self, client: Callable[[], Any], address: str, retention: Retention | None = None) -> None:
        """Objects below an address.

        Args:
            client: gives an S3 client of the `store` door that leads to the address, asked anew for each call.
            address: `s3://bucket` or `s3://bucket/prefix`.
            retention: of what is put for good.
        """
        self._client, self.address, self._retention = client, address.rstrip("/"), retention
        self._bucket, _, prefix = self.address.removeprefix("s3://").partition("/")
        self._base = f"{prefix}/" if prefix else ""

    def put(self, name: str, body: bytes) -> bool:
        """Put an object; False if another one of this name is there, which is left alone.

        Raises:
            OSError: whether it is there is not known.
        """
        return self._put(name, body, {})

    def keep(self, name: str, body: bytes, since: datetime) -> Stored:
        """Put an object for good, locked if that is configured, and look at how it is kept.

        Args:
            name: of the object.
            body: what it holds.
            since: when the time begins for which it is retained.

        Raises:
            OSError: it is not there, or not kept as it should be.
        """
        lock: dict[str, Any] = {}
        if self._retention is not None:
            until = since.astimezone(UTC) + timedelta(days=self._retention.days)
            lock = {"ObjectLockMode": self._retention.mode, "ObjectLockRetainUntilDate": until}
        if not self._put(name, body, lock):
            raise OSError(f"{self.address}/{name} is another's")
        stored = self._stored(name)
        if stored.sha256 != hashlib.sha256(body).hexdigest():
            raise OSError(f"{self.address}/{name} has another SHA-256 than what was put: {stored.sha256 or 'none'}")
        kept = stored.mode, stored.retain_until
        if lock and (kept[0] not in {lock["ObjectLockMode"], "COMPLIANCE"} or (kept[1] or since) < until):
            told = f"{kept[0] or 'no mode'} until {kept[1] or 'no date'}"
            raise OSError(f"{self.address}/{name} is there, retained with {told}, not as retain_days asks")
        return stored

    def unlocked(self) -> str:
        """Why nothing can be locked in the bucket; empty if it can, if nothing is to be, or if that can't be learned."""
        if self._retention is None:
            return ""
        try:
            answer = self._client().get_object_lock_configuration(Bucket=self._bucket)
        except FAILURES as error:
            return f"s3://{self._bucket} has no Object Lock: {REMEDY}" if code_of(error) == NO_LOCK else ""
        enabled = answer.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"
        return "" if enabled else f"s3://{self._bucket} has no Object Lock: {REMEDY}"

    def _stored(self, name: str) -> Stored:
        try:
            told = self._client().head_object(Bucket=self._bucket, Key=self._base + name, ChecksumMode="ENABLED")
        except FAILURES as error:
            raise self._failed("looked at", name, error) from None
        return Stored(
            name=name,
            version_id=told.get("VersionId"),
            sha256=base64.b64decode(told.get("ChecksumSHA256", "")).hex(),
            size=told["ContentLength"],
            mode=told.get("ObjectLockMode"),
            retain_until=told["ObjectLockRetainUntilDate"].astimezone(UTC)
            if "ObjectLockRetainUntilDate" in told
            else None,
            request_id=told["ResponseMetadata"].get("RequestId", ""),
        )

    def _put(self, name: str, body: bytes, lock: dict[str, Any]) -> bool:
        asked = {
            "Bucket": self._bucket,
            "Key": self._base + name,
            "Body": body,
            "IfNoneMatch": "*",
            "ChecksumAlgorithm": "SHA256",
            "ChecksumSHA256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
            **lock,
        }
        for attempt in range(1, TRIES + 1):
            try:
                self._client().put_object(**asked)
            except FAILURES as error:
                if code_of(error) == THERE_ALREADY:  # by an attempt of ours, too, whose answer was lost
                    return self.get(name) == body
                if code_of(error) != AT_ONCE or attempt == TRIES:
                    raise self._failed("written", name, error) from None
            else:
                break
        return True

    def get(self, name: str) -> bytes:
        """What an object holds.

        Raises:
            OSError: it can't be read, or is not there.
        """
        try:
            with self._client().get_object(Bucket=self._bucket, Key=self._base + name)["Body"] as body:
                data: bytes = body.read()
        except FAILURES as error:
            raise self._failed("read", name, error) from None
        return data

    def names(self, beginning: str) -> list[str]:
        """The names that begin so, in order.

        Raises:
            OSError: they can't be listed.
        """
        try:
            lists = self._client().get_paginator("list_objects_v2")
            pages = lists.paginate(Bucket=self._bucket, Prefix=self._base + beginning)
            keys = [str(row["Key"]) for page in pages for row in page.get("Contents", ())]
        except FAILURES as error:
            raise self._failed("listed", beginning, error) from None
        return sorted(key.removeprefix(self._base) for key in keys)

    def folders(self) -> list[str]:
        """What stands before the first `/` of the names, each once, in order.

        Raises:
            OSError: they can't be listed.
        """
        try:
            lists = self._client().get_paginator("list_objects_v2")
            pages = lists.paginate(Bucket=self._bucket, Prefix=self._base, Delimiter="/")
            found = [str(row["Prefix"]) for page in pages for row in page.get("CommonPrefixes", ())]
        except FAILURES as error:
            raise self._failed("listed", "", error) from None
        return sorted(each.removeprefix(self._base).rstrip("/") for each in found)

    def _failed(self, what: str, name: str, error: Exception) -> OSError:
        detail = detail_of(error)
        remedy = f"; {REMEDY}" if code_of(error) == "InvalidRequest" and "Lock" in detail else ""
        return OSError(f"{self.address}/{name} can't be {what} ({detail}){remedy}")
