"""Instances by tag and state, in pages, and on their way out."""

from typing import Any
from uuid import uuid4

import pytest

from tests.sandbox.outside import Outside, refused

ACTIVE = ["pending", "running"]


def run(http: Outside, deployment: str, name: str = "codeocean-dedicated-worker") -> str:
    tags = [{"Key": "Name", "Value": name}, {"Key": "codeocean:deployment", "Value": deployment}]
    made = http.client("ec2").run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )
    return str(made["Instances"][0]["InstanceId"])


def found(http: Outside, deployment: str, states: list[str], **more: Any) -> list[str]:
    filters = [
        {"Name": "tag:codeocean:deployment", "Values": [deployment]},
        {"Name": "tag:Name", "Values": ["codeocean-dedicated-worker"]},
        {"Name": "instance-state-name", "Values": states},
    ]
    pages = http.client("ec2").get_paginator("describe_instances").paginate(Filters=filters, **more)
    rows = [reservation for page in pages for reservation in page["Reservations"]]
    return [instance["InstanceId"] for reservation in rows for instance in reservation["Instances"]]


@pytest.fixture
def deployment() -> str:
    return str(uuid4())


def test_by_tags_and_state(http: Outside, deployment: str) -> None:
    assert found(http, deployment, ACTIVE) == []
    wanted, stopped = run(http, deployment), run(http, deployment)
    run(http, deployment, "codeocean-services")
    run(http, "another")
    http.client("ec2").stop_instances(InstanceIds=[stopped])
    assert found(http, deployment, ACTIVE) == [wanted]
    assert found(http, deployment, ["stopped"]) == [stopped]


def test_who_goes_is_shutting_down_for_a_while(http: Outside, deployment: str) -> None:
    instance = run(http, deployment)
    http.set(terminate_delay=3600)
    ec2 = http.client("ec2")
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.terminate_instances(InstanceIds=[instance])
    assert found(http, deployment, ["shutting-down"]) == [instance]
    http.set(terminate_delay=0)
    assert found(http, deployment, ["terminated"]) == [instance]
    http.set(terminate_delay=3600)
    ec2.terminate_instances(InstanceIds=[instance])
    assert found(http, deployment, ["terminated"]) == [instance]


def test_pages(http: Outside, deployment: str) -> None:
    wanted = [run(http, deployment) for _ in range(5)]
    http.set(page=2)
    assert found(http, deployment, ACTIVE) == wanted
    http.set(page=100)
    assert found(http, deployment, ACTIVE, PaginationConfig={"PageSize": 5}) == wanted


def test_a_page_goes_on_where_the_last_one_ended(http: Outside, deployment: str) -> None:
    wanted, ec2 = [run(http, deployment) for _ in range(4)], http.client("ec2")
    filters = [
        {"Name": "tag:codeocean:deployment", "Values": [deployment]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    http.set(page=2)
    first = ec2.describe_instances(Filters=filters)
    assert len(first["Reservations"]) == 2
    ec2.terminate_instances(InstanceIds=wanted[:2])
    rest = ec2.describe_instances(Filters=filters, NextToken=first["NextToken"])["Reservations"]
    assert [reservation["Instances"][0]["InstanceId"] for reservation in rest] == wanted[2:]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"NextToken": "x"}, "InvalidNextToken"),
        ({"InstanceIds": ["i-0123456789abcdef0"], "MaxResults": 5}, "InvalidParameterCombination"),
        ({"InstanceIds": ["i-0123456789abcdef0"]}, "InvalidInstanceID.NotFound"),
        ({"Filters": [{"Name": "hypervisor", "Values": ["xen"]}]}, "NotImplemented"),
    ],
    ids=str,
)
def test_what_is_refused(http: Outside, deployment: str, request_: dict[str, Any], code: str) -> None:
    run(http, deployment)
    assert refused(http.client("ec2").describe_instances, **request_)[0] == code
