"""One read for each resource of a type; what one read can't tell is known of none."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from tests.builders import known, unknown
from upgrade.clock import SystemClock
from upgrade.facts.each import read_each
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.stack import Resource

QUEUE = "AWS::Batch::JobQueue"
CALL = "batch:ListJobs"
RESOURCES = (
    Resource("One", "arn:one", QUEUE, "CREATE_COMPLETE"),
    Resource("Topic", "arn:topic", "AWS::SNS::Topic", "CREATE_COMPLETE"),
    Resource("Two", "arn:two", QUEUE, "UPDATE_COMPLETE"),
    Resource("Unmade", "", QUEUE, "CREATE_FAILED"),
)


def each(resources: Fact[tuple[Resource, ...]], read: Any) -> Fact[Any]:
    return read_each(SystemClock(), resources, QUEUE, CALL, read)


def test_every_resource_of_the_type_is_read_by_its_physical_id() -> None:
    found = each(known(RESOURCES), str.upper)

    assert isinstance(found, Known)
    assert found.value == {"One": "ARN:ONE", "Two": "ARN:TWO"}


def test_many_reads_keep_to_their_resource() -> None:
    many = tuple(Resource(f"R{number}", f"id-{number}", QUEUE, "") for number in range(50))
    found = each(known(many), lambda physical_id: physical_id)

    assert found.value == {f"R{number}": f"id-{number}" for number in range(50)}


@pytest.mark.parametrize("resources", [(), RESOURCES[1:2], RESOURCES[3:]], ids=["none", "other type", "without an id"])
def test_without_such_a_resource_nothing_is_read(resources: tuple[Resource, ...]) -> None:
    def never(physical_id: str) -> None:
        raise AssertionError(physical_id)

    assert each(known(resources), never).value == {}


def test_where_the_resources_are_not_known_nothing_is_read() -> None:
    found = each(unknown(), str.upper)

    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.BLOCKED, "")
    assert found.detail == str(unknown())


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListJobs"), Reason.DENIED),
        (ConnectTimeoutError(endpoint_url="x"), Reason.TIMED_OUT),
        (KeyError("jobSummaryList"), Reason.MALFORMED),
    ],
    ids=["denied", "timed out", "malformed"],
)
def test_one_that_fails_makes_all_unknown(error: Exception, reason: Reason) -> None:
    def read(physical_id: str) -> str:
        if physical_id == "arn:two":
            raise error
        return physical_id

    found = each(known(RESOURCES), read)

    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (reason, CALL)


def test_a_mistake_of_ours_is_none_of_awss() -> None:
    def read(physical_id: str) -> str:
        raise ZeroDivisionError(physical_id)

    with pytest.raises(ZeroDivisionError):
        each(known(RESOURCES), read)
