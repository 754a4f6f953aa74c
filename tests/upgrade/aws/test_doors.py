"""What a client may call is written down, operation by operation, and everything else is refused."""

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upgrade.aws.doors import NEVER_SENT, READ, READS, WRITES, Door, Grant, allows, is_reading
from upgrade.facts.changes import PREFIX

SESSION = botocore.session.Session()
OPERATIONS = {service: tuple(SESSION.get_service_model(service).operation_names) for service in READS}
"""By service, all operations botocore knows."""
EVERY = [(service, operation) for service, operations in OPERATIONS.items() for operation in operations]
PLACE = "s3://bucket/staging"
GRANTS = [READ, Grant(Door.PLAN), Grant(Door.APPLY), Grant(Door.STORE, PLACE)]

OURS = "plimsoll-20261123T120000Z-0a1b2c3d"
ARN = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/{}/6f1c"


def pairs() -> Iterator[tuple[str, str]]:
    yield from ((service, operation) for service, operations in READS.items() for operation in operations)
    yield from (pair for writes in WRITES.values() for pair in writes)


@pytest.mark.parametrize(("service", "operation"), sorted(set(pairs())))
def test_every_operation_that_is_written_down_exists(service: str, operation: str) -> None:
    assert operation in OPERATIONS[service]


def test_every_door_says_what_it_leads_to() -> None:
    assert WRITES.keys() == set(Door)
    assert Grant() == READ == Grant(Door.READ, "")


def test_no_write_is_on_the_list_of_reads() -> None:
    assert not [pair for writes in WRITES.values() for pair in writes if is_reading(*pair)]


CHANGING = ("Create", "Delete", "Put", "Update", "Execute", "Modify", "Terminate", "Start", "Stop", "Set", "Attach")


def test_reads_are_named_like_reads() -> None:
    """Those that are not are credentials', which make nothing but a token."""
    odd = {operation for operations in READS.values() for operation in operations if operation.startswith(CHANGING)}

    assert odd == {"CreateOAuth2Token", "CreateToken"}


PARAMETERS = st.dictionaries(
    st.sampled_from(["ChangeSetName", "ChangeSetType", "StackName", "Bucket", "Key", "IfNoneMatch", "SecretId"]),
    st.sampled_from([OURS, ARN.format(OURS), "UPDATE", "CREATE", "bucket", "staging/x", "*", "", None, 5]),
)


@given(st.sampled_from(EVERY), PARAMETERS)
def test_a_client_that_was_granted_nothing_may_read_and_no_more(call: tuple[str, str], parameters: Any) -> None:
    service, operation = call

    assert allows(READ, service, operation, parameters) is (operation in READS[service])
    assert is_reading(service, operation) is (operation in READS[service])


@given(st.sampled_from(EVERY), PARAMETERS, st.sampled_from(GRANTS))
def test_a_door_leads_to_its_own_operations_and_to_reads(call: tuple[str, str], parameters: Any, grant: Grant) -> None:
    if allows(grant, *call, parameters):
        assert is_reading(*call) or call in WRITES[grant.door]


@given(st.text(max_size=8), st.text(max_size=8), PARAMETERS, st.sampled_from(GRANTS))
def test_what_nobody_knows_is_refused(service: str, operation: str, parameters: Any, grant: Grant) -> None:
    assert not allows(grant, service, operation, parameters)


@pytest.mark.parametrize("grant", GRANTS, ids=lambda grant: str(grant.door))
def test_an_ssm_parameter_is_read_only_as_it_is_stored(grant: Grant) -> None:
    assert allows(grant, "ssm", "GetParameter", {"Name": "/app/size"})
    assert not allows(grant, "ssm", "GetParameter", {"Name": "/app/password", "WithDecryption": True})


@pytest.mark.parametrize("grant", GRANTS, ids=lambda grant: str(grant.door))
@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("secretsmanager", "GetSecretValue"),
        ("ssm", "GetParametersByPath"),
        ("kms", "Decrypt"),
        ("kms", "Sign"),
        ("sts", "GetSessionToken"),
        ("iam", "CreateAccessKey"),
        ("cloudformation", "UpdateStack"),
        ("cloudformation", "DeleteStack"),
        ("cloudformation", "CancelUpdateStack"),
        ("cloudformation", "ContinueUpdateRollback"),
        ("cloudformation", "SetStackPolicy"),
        ("cloudformation", "UpdateTerminationProtection"),
        ("s3", "DeleteObject"),
        ("s3", "CopyObject"),
        ("s3", "CreateMultipartUpload"),
        ("rds", "ModifyDBInstance"),
        ("ec2", "TerminateInstances"),
        ("autoscaling", "UpdateAutoScalingGroup"),
        ("batch", "TerminateJob"),
        ("cloudformation", "describeStacks"),
        ("cloudformation", "describe_stacks"),
        ("CloudFormation", "DescribeStacks"),
        ("s3control", "GetObject"),
    ],
)
def test_through_no_door(grant: Grant, service: str, operation: str) -> None:
    parameters = {"ChangeSetName": OURS, "ChangeSetType": "UPDATE", "Bucket": "bucket", "Key": "staging/x"}

    assert not allows(grant, service, operation, {**parameters, "IfNoneMatch": "*", "StackName": OURS})


@pytest.mark.parametrize("door", [door for door in Door if door is not Door.PLAN])
def test_change_sets_are_made_and_deleted_through_one_door_only(door: Door) -> None:
    parameters = {"ChangeSetName": OURS, "ChangeSetType": "UPDATE"}

    assert not allows(Grant(door, PLACE), "cloudformation", "CreateChangeSet", parameters)
    assert not allows(Grant(door, PLACE), "cloudformation", "DeleteChangeSet", parameters)


@pytest.mark.parametrize("door", [door for door in Door if door is not Door.APPLY])
def test_and_executed_through_another(door: Door) -> None:
    assert not allows(Grant(door, PLACE), "cloudformation", "ExecuteChangeSet", {"ChangeSetName": OURS})


@pytest.mark.parametrize(
    ("parameters", "allowed"),
    [
        ({"ChangeSetName": OURS, "ChangeSetType": "UPDATE"}, True),
        ({"ChangeSetName": f"{PREFIX}1", "ChangeSetType": "UPDATE", "StackName": "x"}, True),
        ({"ChangeSetName": OURS, "ChangeSetType": "CREATE"}, False),
        ({"ChangeSetName": OURS, "ChangeSetType": "IMPORT"}, False),
        ({"ChangeSetName": OURS}, False),
        ({"ChangeSetName": "release-5", "ChangeSetType": "UPDATE"}, False),
        ({"ChangeSetType": "UPDATE"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_only_updates_of_our_own_are_made(parameters: dict[str, Any], *, allowed: bool) -> None:
    assert allows(Grant(Door.PLAN), "cloudformation", "CreateChangeSet", parameters) is allowed


NAMES = [
    (OURS, True),
    (ARN.format(OURS), True),
    (ARN.format(OURS).replace("arn:aws:", "arn:aws-cn:"), True),
    ("release-5", False),
    ("my-plimsoll-1", False),
    ("Plimsoll-1", False),
    ("plimsoll", False),
    (PREFIX, False),
    ("", False),
    (None, False),
    (5, False),
    (ARN.format("release-5"), False),
    (ARN.format("release-5").replace("6f1c", "plimsoll-1"), False),
    ("arn:aws:cloudformation:us-east-1:111122223333:stack/plimsoll-1/6f1c", False),
    ("arn:plimsoll-1", False),
    (ARN.format("x") + ":changeSet/plimsoll-1/1", False),
]


@pytest.mark.parametrize(("name", "allowed"), NAMES, ids=repr)
@pytest.mark.parametrize(("door", "operation"), [(Door.PLAN, "DeleteChangeSet"), (Door.APPLY, "ExecuteChangeSet")])
def test_only_our_own_change_sets_are_deleted_and_executed(
    door: Door, operation: str, name: object, *, allowed: bool
) -> None:
    parameters = {"ChangeSetName": name, "StackName": "plimsoll-stack"}

    assert allows(Grant(door), "cloudformation", operation, parameters) is allowed


@pytest.mark.parametrize(
    ("parameters", "allowed"),
    [
        ({}, True),
        ({"ResourcesToSkip": ["DataVolume"]}, True),
        ({"ClientRequestToken": "release-5"}, False),
        ({"ClientRequestToken": None}, False),
        ({"RoleARN": "arn:aws:iam::111122223333:role/admin"}, False),
    ],
    ids=str,
)
@pytest.mark.parametrize("operation", ["ContinueUpdateRollback", "CancelUpdateStack"])
def test_what_is_under_way_is_given_up_by_our_token_and_with_the_stacks_own_role(
    operation: str, parameters: dict[str, Any], *, allowed: bool
) -> None:
    asked = {"StackName": "prod", "ClientRequestToken": OURS, **parameters}
    call = "cloudformation", operation

    assert [door for door in Door if allows(Grant(door, PLACE), *call, asked)] == [Door.APPLY] * allowed


def test_a_call_that_names_no_change_set_is_refused() -> None:
    assert not allows(Grant(Door.PLAN), "cloudformation", "DeleteChangeSet", {})
    assert not allows(Grant(Door.APPLY), "cloudformation", "ExecuteChangeSet", {"StackName": OURS})


@pytest.mark.parametrize(
    ("place", "bucket", "key", "allowed"),
    [
        (PLACE, "bucket", "staging/x.template", True),
        (PLACE, "bucket", "staging/deeper/x", True),
        (f"{PLACE}/", "bucket", "staging/x", True),
        ("s3://bucket", "bucket", "x", True),
        ("s3://bucket/", "bucket", "x", True),
        (PLACE, "bucket", "staging", False),
        (PLACE, "bucket", "staging2/x", False),
        (PLACE, "bucket", "x", False),
        (PLACE, "bucket", "", False),
        (PLACE, "other", "staging/x", False),
        (PLACE, "bucket2", "staging/x", False),
        ("s3://bucket", "bucket2", "x", False),
        ("", "bucket", "x", False),
        ("", "", "", False),
        (PLACE, None, "staging/x", False),
        (PLACE, "bucket", None, False),
    ],
)
def test_objects_are_put_below_the_configured_place_only(
    place: str, bucket: str | None, key: str | None, *, allowed: bool
) -> None:
    parameters = {"Bucket": bucket, "Key": key, "IfNoneMatch": "*"}

    assert allows(Grant(Door.STORE, place), "s3", "PutObject", parameters) is allowed


@pytest.mark.parametrize("condition", [{}, {"IfNoneMatch": ""}, {"IfNoneMatch": '"etag"'}, {"IfMatch": "*"}], ids=str)
def test_and_never_over_one_that_is_there(condition: dict[str, str]) -> None:
    assert not allows(
        Grant(Door.STORE, PLACE), "s3", "PutObject", {"Bucket": "bucket", "Key": "staging/x", **condition}
    )


@pytest.mark.parametrize("door", [door for door in Door if door is not Door.STORE])
def test_and_through_one_door_only(door: Door) -> None:
    assert not allows(
        Grant(door, PLACE), "s3", "PutObject", {"Bucket": "bucket", "Key": "staging/x", "IfNoneMatch": "*"}
    )


@pytest.mark.parametrize(
    ("bucket", "prefix", "allowed"),
    [
        ("bucket", "staging/", True),
        ("bucket", "staging/a", True),
        ("bucket", "staging", False),
        ("bucket", "staging2/", False),
        ("bucket", "", False),
        ("bucket", None, False),
        ("other", "staging/", False),
    ],
)
@pytest.mark.parametrize("door", Door)
def test_objects_are_listed_below_that_place_and_through_that_door_only(
    door: Door, bucket: str, prefix: str | None, *, allowed: bool
) -> None:
    parameters = {"Bucket": bucket, "Prefix": prefix}

    assert allows(Grant(door, PLACE), "s3", "ListObjectsV2", parameters) is (allowed and door is Door.STORE)


@pytest.mark.parametrize("extra", [{"ACL": "public-read"}, {"WebsiteRedirectLocation": "/"}, {"Metadata": {}}], ids=str)
def test_and_as_they_are(extra: dict[str, Any]) -> None:
    parameters = {"Bucket": "bucket", "Key": "staging/x", "IfNoneMatch": "*", **extra}

    assert not allows(Grant(Door.STORE, PLACE), "s3", "PutObject", parameters)


@pytest.mark.parametrize("name", sorted(NEVER_SENT))
@pytest.mark.parametrize(("door", "operation"), [(Door.PLAN, "CreateChangeSet"), (Door.APPLY, "ExecuteChangeSet")])
def test_what_would_make_another_thing_of_an_update_is_never_sent(door: Door, operation: str, name: str) -> None:
    parameters = {"ChangeSetName": OURS, "ChangeSetType": "UPDATE"}

    assert allows(Grant(door), "cloudformation", operation, parameters)
    assert not allows(Grant(door), "cloudformation", operation, {**parameters, name: False})
