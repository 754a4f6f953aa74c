"""A plan to bind, and what it is made of."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.builders import ACCOUNT, ARN, NOW, entry, known, plan, snapshot, stack, template
from upgrade.config.entry import StackEntry
from upgrade.facts.changes import Plan
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import OperationEntry, Resource
from upgrade.rules.bound import BoundPlan, bind
from upgrade.rules.parameters import plan_parameters

Clean = Callable[[str], str]

ROLE = f"arn:aws:iam::{ACCOUNT}:role/x"
STATED = {"by": "Ada", "at": NOW, "from": "v4.0.0", "to": "v4.1.0"}
WAIVER = {
    "check": "drift-is-understood",
    "finding": f"sha256:{'0' * 64}",
    "reason": "known",
    "approved_by": "QA",
    "expires": NOW + timedelta(days=30),
}
DRIFT = {"resource": "DataVolume", "property": "/Size", "reason": "enlarged", "expires": NOW + timedelta(days=9)}
SETTINGS = entry(
    tags={"team": "platform"},
    capabilities=["CAPABILITY_IAM"],
    service_role_arn=ROLE,
    execute_role_arn=ROLE,
    rollback_triggers=[f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:x"],
    expected_drift=[DRIFT],
    waivers=[WAIVER],
    checks={"report_only": ["template-lints"]},
    backup={"none": "a test stack"},
    deploy_role={"role": ROLE},
    backup_policy={"min_version": "v1.2.1"},
    acknowledge={"backup_upgraded": STATED, "maintenance_mode": STATED},
)
CHILD = stack(arn=f"{ARN}-child", name="codeocean-child", updated=NOW - timedelta(days=8))
BEFORE = snapshot(
    stack=known(
        stack(
            updated=NOW - timedelta(days=9),
            role_arn=ROLE,
            operations=(OperationEntry("CREATE_CHANGESET", "3"), OperationEntry("UPDATE_STACK", "2")),
            notification_arns=("arn:topic",),
            rollback_triggers=(("arn:alarm", "AWS::CloudWatch::Alarm"),),
        )
    ),
    stack_policy=known("{}"),
    resources=known((Resource("Child", CHILD.arn, "AWS::CloudFormation::Stack", "UPDATE_COMPLETE"),)),
    nested=known((CHILD,)),
    nested_templates=known({"Child": template()}),
)


def made(
    settings: StackEntry = SETTINGS,
    before: Snapshot = BEFORE,
    change_set: Plan | None = None,
    clean: Clean = str,
    **changes: Any,
) -> BoundPlan:
    """A plan, bound."""
    target = before.target.value
    arguments: dict[str, Any] = {
        "run": "20261123T120000Z-0a1b2c3d",
        "tool": "0.1.0",
        "versions": ("v4.0.0", "v4.1.0"),
        "checks_sha256": "c" * 64,
        "made": NOW,
        "warnings": ["drift-is-understood (warn): one of the volumes was enlarged"],
        "parameters": plan_parameters(settings, before.stack.value, target, {}),
        **changes,
    }
    return bind(entry=settings, before=before, plan=change_set or plan(), clean=clean, **arguments)


BOUND = made()
DOCUMENT: Any = json.loads(BOUND.text())
