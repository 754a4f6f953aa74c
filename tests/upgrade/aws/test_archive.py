"""Objects of an archive are put once, listed to the end and read back, through the `store` door alone."""

from collections.abc import Iterator
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


def archive_at(aws: Aws, address: str, place: str = "") -> Archive:
    """The archive at an address, by a client whose door leads there, or to another place."""
    client = aws.connect(Access(REGION)).client
    return Archive(partial(client, "s3", attempts=2, grant=Grant(Door.STORE, place or address)), address)


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
