"""Objects of an archive are put once, listed to the end and read back, through the `store` door alone."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import Any, cast
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from tests.upgrade.world import REGION, World
from upgrade.aws.archive import TRIES, Archive
from upgrade.aws.doors import Door, Grant
from upgrade.aws.guard import ForbiddenCall
from upgrade.aws.session import Access, Aws
from upgrade.clock import SystemClock
from upgrade.facts.stored import Retention


@pytest.fixture
def bucket(world: World) -> str:
    """A bucket with nothing in it, made before the guard stands."""
    name = f"archive-{token_hex(4)}"
    world.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def aws(world: World, bucket: str) -> Iterator[Aws]:  # the bucket is made first
    """Connections behind a guard that stands before every client."""
    aws = Aws(SystemClock(), world.url)
    aws.guard.install()
    yield aws
    aws.guard.remove()


def archive_at(aws: Aws, address: str, place: str = "", retention: Retention | None = None) -> Archive:
    """The archive at an address, by a client whose door leads there, or to another place."""
    client = aws.connect(Access(REGION)).client
    return Archive(partial(client, "s3", attempts=2, grant=Grant(Door.STORE, place or address)), address, retention)


@pytest.fixture
def archive(aws: Aws, bucket: str) -> Archive:
    return archive_at(aws, f"s3://{bucket}/evidence")


@pytest.mark.parametrize("end", ["", "/", "/a", "/a/b c/", "/größe"], ids=repr)
def test_what_is_put_is_listed_and_read(aws: Aws, bucket: str, end: str) -> None:
    archive = archive_at(aws, f"s3://{bucket}{end}")
    assert archive.put(".journal/prod/run/1.json", b"one")
    assert archive.put("other", b"")
    assert archive.names("") == [".journal/prod/run/1.json", "other"]
    assert archive.names(".journal/prod/") == [".journal/prod/run/1.json"]
    assert archive.names("none/") == []
    assert archive.folders() == [".journal"]
    assert archive.get(".journal/prod/run/1.json") == b"one"


def test_a_list_is_read_to_its_end(aws: Aws, bucket: str) -> None:
    client = aws.connect(Access(REGION)).client("s3", grant=Grant(Door.STORE, f"s3://{bucket}"))
    event = "before-parameter-build.s3.ListObjectsV2"
    client.meta.events.register(event, lambda params, **_: params.update(MaxKeys=2))
    archive = Archive(lambda: client, f"s3://{bucket}")
    for number in range(5):
        archive.put(f"n/{number}", b"")
        archive.put(f"f{number}/n", b"")
    assert archive.names("n/") == [f"n/{number}" for number in range(5)]
    assert archive.folders() == [f"f{number}" for number in range(5)] + ["n"]


def test_what_is_there_is_left_alone(archive: Archive) -> None:
    assert archive.put("name", b"first")
    assert archive.put("name", b"first")
    assert not archive.put("name", b"second")
    assert archive.get("name") == b"first"


def test_an_object_whose_answer_was_lost_is_ours(archive: Archive, world: World) -> None:
    world.fail("PutObject", "lost", times=1)
    assert archive.put("name", b"body")
    assert archive.get("name") == b"body"


@pytest.mark.parametrize(("conflicts", "tries"), [(1, 2), (TRIES, TRIES)], ids=["once", "always"])
def test_where_another_is_just_being_put_it_is_tried_again(conflicts: int, tries: int) -> None:
    answer = {"Error": {"Code": "ConditionalRequestConflict", "Message": "Please retry"}}
    client = Mock()
    client.put_object.side_effect = [*[ClientError(cast("Any", answer), "PutObject")] * conflicts, {}]
    archive = Archive(lambda: client, "s3://bucket")
    if conflicts == TRIES:
        with pytest.raises(OSError, match="ConditionalRequestConflict"):
            archive.put("name", b"")
    else:
        assert archive.put("name", b"")
    assert client.put_object.call_count == tries


@pytest.mark.parametrize("kind", ["denied", "expired", "throttle", "drop"])
def test_what_is_not_answered_is_an_error_and_nothing_else(archive: Archive, world: World, kind: str) -> None:
    assert archive.put("name", b"body")
    for action, act, what in (
        ("PutObject", partial(archive.put, "new", b""), "new can't be written"),
        ("GetObject", partial(archive.get, "name"), "name can't be read"),
        ("ListObjectsV2", partial(archive.names, "n"), "n can't be listed"),
    ):
        world.fail(action, kind)
        with pytest.raises(OSError, match=rf"{archive.address}/{what} \(.+\)"):
            act()
        world.calm()


def test_what_is_not_there_is_an_error(aws: Aws, archive: Archive) -> None:
    with pytest.raises(OSError, match="NoSuchKey"):
        archive.get("absent")
    with pytest.raises(OSError, match="NoSuchBucket"):
        archive_at(aws, "s3://absent-bucket").put("name", b"")


def test_nothing_is_put_or_listed_elsewhere(aws: Aws, bucket: str) -> None:
    archive = archive_at(aws, f"s3://{bucket}/elsewhere", place=f"s3://{bucket}/archive")
    with pytest.raises(ForbiddenCall):
        archive.put("name", b"")
    with pytest.raises(ForbiddenCall):
        archive.names("")


ENDED = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAY = Retention(400, "GOVERNANCE")


@pytest.fixture
def locked(world: World) -> str:
    """A bucket with Object Lock."""
    name = f"locked-{token_hex(4)}"
    world.client("s3").create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_what_is_kept_is_locked_until_then_and_what_is_put_is_not(
    world: World, locked: str, aws: Aws, mode: str
) -> None:
    archive = archive_at(aws, f"s3://{locked}/e", retention=Retention(400, mode))
    assert archive.unlocked() == ""

    stored = archive.keep("name", b"body", ENDED)
    again = archive.keep("name", b"body", ENDED)

    assert (stored.name, stored.size, stored.mode) == ("name", 4, mode)
    assert stored.retain_until == ENDED + timedelta(days=400)
    assert stored.sha256 == hashlib.sha256(b"body").hexdigest()
    assert stored.version_id
    assert again.version_id == stored.version_id
    assert archive.put("journal", b"line")
    assert "ObjectLockMode" not in world.client("s3").head_object(Bucket=locked, Key="e/journal")


def test_without_a_retention_what_is_kept_is_only_looked_at(archive: Archive) -> None:
    stored = archive.keep("name", b"body", ENDED)

    assert (stored.mode, stored.retain_until) == (None, None)
    assert stored.sha256 == hashlib.sha256(b"body").hexdigest()
    assert archive.unlocked() == ""
    with pytest.raises(OSError, match="name is another's"):
        archive.keep("name", b"other", ENDED)


def test_a_bucket_without_object_lock_retains_nothing_and_the_remedy_is_told(aws: Aws, bucket: str) -> None:
    archive = archive_at(aws, f"s3://{bucket}", retention=DAY)

    assert "has no Object Lock: make a bucket with Object Lock" in archive.unlocked()
    with pytest.raises(OSError, match=r"name can't be written \(InvalidRequest: .*Object Lock.*; make a bucket"):
        archive.keep("name", b"body", ENDED)


def test_what_was_put_without_a_lock_is_not_taken_for_retained(locked: str, aws: Aws) -> None:
    archive_at(aws, f"s3://{locked}").keep("name", b"body", ENDED)

    with pytest.raises(OSError, match="retained with no mode until no date, not as retain_days asks"):
        archive_at(aws, f"s3://{locked}", retention=DAY).keep("name", b"body", ENDED)


def test_that_it_may_not_be_asked_says_nothing_of_the_lock(locked: str, aws: Aws, world: World) -> None:
    archive = archive_at(aws, f"s3://{locked}", retention=DAY)
    world.fail("GetObjectLockConfiguration", "denied")
    assert archive.unlocked() == ""
    world.calm()
    world.fail("HeadObject", "denied")
    with pytest.raises(OSError, match="name can't be looked at"):
        archive.keep("name", b"body", ENDED)
    world.calm()
    assert archive.keep("name", b"body", ENDED).mode == "GOVERNANCE"


def test_a_body_that_is_not_ours_is_found(locked: str, aws: Aws) -> None:
    archive = archive_at(aws, f"s3://{locked}")
    client = Mock()
    client.head_object.return_value = {"ContentLength": 4, "ResponseMetadata": {}, "ChecksumSHA256": "AAAA"}
    archive._client = lambda: client  # no real S3 stores what was not sent

    with pytest.raises(OSError, match="another SHA-256 than what was put: 000000"):
        archive.keep("name", b"body", ENDED)
