"""`docs/iam-policy.json`: what a gate's credentials must be allowed, and nothing beside; generated from the doors.

`python -m upgrade.aws.policy > docs/iam-policy.json`, or one part of it: `python -m upgrade.aws.policy reading`.
docs/permissions.md explains it.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from upgrade.aws.actions import action
from upgrade.aws.doors import READS
from upgrade.config.product import PRODUCTS, load
from upgrade.config.target import S3Object, locate
from upgrade.facts.changes import PREFIX

Statement = Mapping[str, Any]

DRIFT = frozenset({
    "BatchDescribeTypeConfigurations", "DescribeStackDriftDetectionStatus", "DescribeStackResourceDrifts",
    "DetectStackDrift", "DetectStackResourceDrift",
})  # fmt: skip
"""Of CloudFormation, what drift detection takes; two of them are asked for behind DetectStackDrift.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html"""

NOT_GRANTED = frozenset({"signin", "sso", "sso-oidc", "sts"})
"""Services by which credentials are had: nothing of it is allowed to them by a policy of their own, but for AssumeRole,
whose roles only the configuration knows."""

OURS = {"StringLike": {"cloudformation:ChangeSetName": [f"{PREFIX}*", f"arn:*:changeSet/{PREFIX}*"]}}
"""Our own change sets, by name or by ARN."""

TO_CLOUDFORMATION = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}


class Part(StrEnum):
    """What credentials are for; one role may have both parts."""

    READING = "reading"
    EXECUTING = "executing"


def policy(*parts: Part) -> dict[str, Any]:
    """The policy document of these parts."""
    both = {Part.READING: [*_shared(), *_reading()], Part.EXECUTING: [*_shared(), *_executing()]}
    statements = {each["Sid"]: each for part in parts for each in both[part]}
    return {"Version": "2012-10-17", "Statement": list(statements.values())}


def text(*parts: Part) -> str:
    """The same as a file has it."""
    return json.dumps(policy(*parts), indent=2) + "\n"


def _shared() -> list[Statement]:
    """What reads a stack and its template is needed on both sides: CloudFormation reads a template as who asks it to."""
    stack = READS["cloudformation"] - DRIFT
    return [
        _allow("ReadTheStack", _actions("cloudformation", stack)),
        _allow("ReadTemplates", ["s3:GetObject", "s3:GetObjectVersion"], _published()),
    ]


def _reading() -> list[Statement]:
    others = (_actions(service, READS[service]) for service in READS.keys() - NOT_GRANTED - {"cloudformation", "iam"})
    shared = {name for statement in _shared() for name in statement["Action"]}
    return [
        _allow("DetectDrift", _actions("cloudformation", DRIFT)),
        _allow("ReadRoles", _actions("iam", READS["iam"])),
        _allow("ReadWhatTheStackHolds", {name for names in others for name in names} - shared),
    ]


def _executing() -> list[Statement]:
    return [
        _allow("PlanOurChangeSets", _actions("cloudformation", ["CreateChangeSet", "DeleteChangeSet"]), condition=OURS),
        _allow("ExecuteOurChangeSets", _actions("cloudformation", ["ExecuteChangeSet"]), condition=OURS),
        _allow("CancelUpdates", _actions("cloudformation", ["CancelUpdateStack"])),
        _allow("ContinueRollbacks", _actions("cloudformation", ["ContinueUpdateRollback"])),
        _allow("PassTheServiceRole", ["iam:PassRole"], condition=TO_CLOUDFORMATION),
    ]


def _actions(service: str, operations: Iterable[str]) -> list[str]:
    return [action(service, operation) for operation in operations]


def _published() -> list[str]:
    """Where the products' templates are published, any version: no data of anybody's is to be read."""
    addresses = [address for path in sorted(PRODUCTS.glob("*.toml")) for address in load(path.stem).addresses]
    places = {locate(address.replace("{version}", "*")) for address in addresses}
    return sorted(f"arn:*:s3:::{place.bucket}/{place.key}" for place in places if isinstance(place, S3Object))


def _allow(
    sid: str, actions: Iterable[str], resources: Iterable[str] = (), condition: Mapping[str, Any] | None = None
) -> Statement:
    statement = {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": list(resources) or "*"}
    return {**statement, "Condition": condition} if condition else statement


if __name__ == "__main__":
    print(text(*(map(Part, sys.argv[1:]) if sys.argv[1:] else Part)), end="")  # noqa: T201
