"""The archive in S3: objects that are put once, never written over, and read back by whoever comes next."""

from collections.abc import Callable
from typing import Any

from upgrade.aws.errors import FAILURES, code_of, detail_of

ATTEMPTS = 4
"""Attempts of one call, where a watch waits for it; a minute without an answer is one attempt."""

THERE_ALREADY, AT_ONCE = "PreconditionFailed", "ConditionalRequestConflict"
"""An object of this name is there (412), or another is just being written (409): the second is to be tried again.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"""

TRIES = 5
"""How often a put is tried that meets another one of the same name."""


class Archive:
    """Objects below one address; each is named by its path from there."""

    def __init__(self, client: Callable[[], Any], address: str) -> None:
        """Objects below an address.

        Args:
            client: gives an S3 client of the `store` door that leads to the address, asked anew for each call.
            address: `s3://bucket` or `s3://bucket/prefix`.
        """
        self._client, self.address = client, address.rstrip("/")
        self._bucket, _, prefix = self.address.removeprefix("s3://").partition("/")
        self._base = f"{prefix}/" if prefix else ""

    def put(self, name: str, body: bytes) -> bool:
        """Put an object; False if another one of this name is there, which is left alone.

        Raises:
            OSError: whether it is there is not known.
        """
        for attempt in range(1, TRIES + 1):
            try:
                self._client().put_object(Bucket=self._bucket, Key=self._base + name, Body=body, IfNoneMatch="*")
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
        return OSError(f"{self.address}/{name} can't be {what} ({detail_of(error)})")
