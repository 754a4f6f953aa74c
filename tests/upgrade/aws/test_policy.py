"""The policy in docs/: current, no wider than the doors, of actions that IAM knows."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from upgrade.aws.actions import PREFIXES, action, named_in
from upgrade.aws.doors import READS, WRITES, Door
from upgrade.aws.policy import NOT_GRANTED, Part, policy, text

CHECKOUT = Path(__file__).parents[3]
KNOWN: dict[str, Any] = json.loads(
    (Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json").read_text(encoding="utf-8")
)
"""Every action of every service, in lower case."""
LONGEST = 6144
"""Characters of a managed policy, white space aside.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


def actions(*parts: Part) -> set[str]:
    return {name for statement in policy(*parts)["Statement"] for name in statement["Action"]}


def reads(services: Iterable[str]) -> list[str]:
    return sorted({action(service, operation) for service in services for operation in READS[service]})


def test_the_committed_policy_is_the_one_of_the_doors() -> None:
    committed = (CHECKOUT / "docs/iam-policy.json").read_text(encoding="utf-8")
    assert committed == text(*Part), "python -m upgrade.aws.policy > docs/iam-policy.json"


@pytest.mark.parametrize("name", reads(READS.keys() - NOT_GRANTED))
def test_what_a_client_may_read_is_granted_under_a_name_that_iam_knows(name: str) -> None:
    assert name in actions(Part.READING)
    service, _, operation = name.partition(":")
    assert operation.lower() in KNOWN[service]["Actions"], "write its name into upgrade/aws/actions.py"


def test_what_the_doors_lead_to_is_granted_to_who_executes_alone() -> None:
    writes = {action(*key) for door in (Door.PLAN, Door.APPLY) for key in WRITES[door]}

    assert actions(Part.EXECUTING) - actions(Part.READING) == {*writes, "iam:PassRole"}
    assert actions(Part.READING) - actions(Part.EXECUTING) >= {"cloudformation:DetectStackDrift", "iam:GetRole"}


@pytest.mark.parametrize("secret", ["secretsmanager:GetSecretValue", "kms:Decrypt"])
def test_no_secret_can_be_read(secret: str) -> None:
    assert secret not in actions(*Part)
    assert not any("*" in name for name in actions(*Part))


def test_objects_can_be_read_where_templates_are_published_and_nowhere_else() -> None:
    (statement,) = [each for each in policy(*Part)["Statement"] if "s3:GetObject" in each["Action"]]
    assert "arn:*:s3:::codeocean-vpc/templates/*/codeocean.template.yaml" in statement["Resource"]
    assert all(place.endswith(".template.yaml") for place in statement["Resource"])


def test_only_change_sets_of_ours_and_only_roles_for_cloudformation() -> None:
    conditions = {each["Sid"]: each.get("Condition") for each in policy(Part.EXECUTING)["Statement"]}
    ours = {"StringLike": {"cloudformation:ChangeSetName": ["plimsoll-*", "arn:*:changeSet/plimsoll-*"]}}

    assert conditions["PlanOurChangeSets"] == conditions["ExecuteOurChangeSets"] == ours
    assert conditions["PassTheServiceRole"] == {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}


def test_it_fits_into_a_managed_policy() -> None:
    assert len("".join(text(*Part).split())) <= LONGEST


def test_every_statement_is_explained() -> None:
    page = (CHECKOUT / "docs/permissions.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}

    assert rows.keys() == {each["Sid"] for each in policy(*Part)["Statement"]}
    for part, column in ((Part.READING, 2), (Part.EXECUTING, 3)):
        marked = {sid for sid, line in rows.items() if line.split("|")[column].strip()}
        assert marked == {each["Sid"] for each in policy(part)["Statement"]}


# ---- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("elbv2", "DescribeTargetHealth", "elasticloadbalancing:DescribeTargetHealth"),
        ("monitoring", "DescribeAlarms", "cloudwatch:DescribeAlarms"),
        ("s3", "HeadObject", "s3:GetObject"),
        ("rds", "DescribeEvents", "rds:DescribeEvents"),
    ],
)
def test_an_operation_has_its_action(service: str, operation: str, expected: str) -> None:
    assert action(service, operation) == expected


def test_prefixes_are_those_of_policies() -> None:
    assert set(PREFIXES.values()) <= KNOWN.keys()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("User: arn:x is not authorized to perform: iam:PassRole on resource: arn:y", "iam:PassRole"),
        ("You are not authorized to perform this operation. User: x is not authorized to perform: ec2:RunInstances on", "ec2:RunInstances"),
        ("You are not authorized to perform this operation.", ""),
        ("Access Denied", ""),
    ],
)  # fmt: skip
def test_a_denial_names_what_is_missing(message: str, expected: str) -> None:
    assert named_in(message) == expected
