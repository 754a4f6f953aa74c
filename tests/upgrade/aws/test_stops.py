"""What only DescribeEvents tells of an operation: validations and hooks that stopped it, nothing that could not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders import ARN
from tests.upgrade.things import answering
from upgrade.aws.cloudformation import read_stops
from upgrade.facts.stack import Event, HookRun

AT = datetime(2026, 11, 27, 6, tzinfo=UTC)
BUCKET = {"LogicalResourceId": "Bucket", "ResourceType": "AWS::S3::Bucket"}
VALIDATION = {
    "EventType": "VALIDATION_ERROR",
    "ValidationName": "PROPERTY_VALIDATION",
    "ValidationFailureMode": "FAIL",
    "ValidationStatus": "FAILED",
    "ValidationStatusReason": "#/NotificationConfiguration: required key [Event] not found",
    "ValidationPath": "/Resources/Bucket/Properties/NotificationConfiguration",
}
HOOK = {
    "EventType": "HOOK_INVOCATION_ERROR",
    "HookType": "Acme::Guard::Hook",
    "HookStatus": "HOOK_COMPLETE_FAILED",
    "HookStatusReason": "no owner",
    "HookFailureMode": "FAIL",
}


def row(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"EventId": "1", "StackId": ARN, "OperationId": "update", "Timestamp": AT}
    for part in (*parts, more):
        made |= part
    return made


def read(*pages: list[dict[str, Any]]) -> tuple[Event, ...]:
    left = [
        {"OperationEvents": rows} | ({"NextToken": str(number)} if number < len(pages) else {})
        for number, rows in enumerate(pages, start=1)
    ]
    return read_stops(answering("cloudformation", lambda *_: left.pop(0)), "update")


def test_only_failures_of_this_very_operation_are_asked_for() -> None:
    asked: list[str] = []

    def answer(operation: str, body: str) -> dict[str, Any]:
        asked.append(f"{operation} {body}")
        return {"OperationEvents": []}

    assert read_stops(answering("cloudformation", answer), "update") == ()
    assert len(asked) == 1
    assert "'OperationId': 'update'" in asked[0]
    assert "FailedEvents': 'true'" in asked[0]
    assert "StackName" not in asked[0]  # of a stack it tells the newest operation: the rollback


def test_every_page_is_read() -> None:
    stops = read([row(BUCKET, VALIDATION)], [row(EventType="STACK_EVENT")], [row(HOOK, LogicalResourceId="Topic")])

    assert [each.logical_id for each in stops] == ["Bucket", "Topic"]


def test_a_validation_is_the_failure_of_its_resource() -> None:
    (stop,) = read([row(BUCKET, VALIDATION)])

    assert (stop.logical_id, stop.type, stop.status, stop.at) == ("Bucket", "AWS::S3::Bucket", "VALIDATION_FAILED", AT)
    assert stop.reason == (
        "#/NotificationConfiguration: required key [Event] not found "
        "(PROPERTY_VALIDATION, /Resources/Bucket/Properties/NotificationConfiguration)"
    )


def test_so_is_a_hook() -> None:
    (stop,) = read([row(BUCKET, HOOK, ResourceStatus="CREATE_IN_PROGRESS")])

    assert (stop.status, stop.reason) == ("HOOK_COMPLETE_FAILED", "The following hook(s) failed: [Acme::Guard::Hook]")
    assert stop.hook == HookRun("", "Acme::Guard::Hook", "FAIL", "HOOK_COMPLETE_FAILED", "no owner")


def test_what_is_about_no_resource_is_about_the_stack() -> None:
    (stop,) = read([row(VALIDATION, ValidationPath="", ValidationStatusReason="The quota is used up.")])

    assert (stop.logical_id, stop.type) == ("codeocean", "AWS::CloudFormation::Stack")
    assert stop.reason == "The quota is used up (PROPERTY_VALIDATION)"


@pytest.mark.parametrize(
    "harmless",
    [
        row(BUCKET, VALIDATION, ValidationFailureMode="WARN"),
        row(BUCKET, VALIDATION, ValidationStatus="SKIPPED"),
        row(BUCKET, HOOK, HookFailureMode="WARN"),
        row(BUCKET, HOOK, HookStatus="HOOK_COMPLETE_SUCCEEDED"),
        row(BUCKET, EventType="PROVISIONING_ERROR", ResourceStatus="CREATE_FAILED"),
        row(EventType="STACK_EVENT", OperationStatus="FAILED"),
        row(BUCKET),
    ],
)
def test_what_stops_nothing_or_is_an_event_of_the_stack_is_left_out(harmless: dict[str, Any]) -> None:
    assert read([harmless]) == ()
