"""What is denied for certain stops an upgrade; what only the service could know is told."""

from collections.abc import Mapping
from typing import Any

import pytest

from checks.preflight import check_deploy_role_may_do_the_plan as module
from tests.builders import change, detail, known, permissions, plan, snapshot, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan
from upgrade.facts.permissions import Simulated
from upgrade.facts.stack import Resource

CHECK = module.check_deploy_role_may_do_the_plan
DATABASE = change("AnalyticsDBInstance", type="AWS::RDS::DBInstance")
BUCKET = change("Bucket", type="AWS::S3::Bucket")
ALLOWED, IMPLICIT = Simulated("allowed"), Simulated("implicitDeny")
DENIED = Simulated("explicitDeny")
MODIFY = "rds:ModifyDBInstance"
ROLE = "arn:aws:iam::111122223333:role/backup-role-1"


def facts(planned: Plan, **held: Any) -> dict[str, Any]:
    live = known((Resource("BackupRole", "backup-role-1", "AWS::IAM::Role", "CREATE_COMPLETE"),))
    return {"before": snapshot(permissions=known(permissions(**held)), resources=live), "plan": known(planned)}


def judged(said: Mapping[str, Simulated], planned: Plan | None = None) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, **facts(planned or plan(DATABASE), actions=said))


def test_what_is_allowed_passes_and_the_rest_is_counted_by_service() -> None:
    outcome, remark = remarks(CHECK, **facts(plan(DATABASE, BUCKET), actions={MODIFY: ALLOWED}))

    assert outcome is Outcome.PASS
    assert remark.startswith("certainly allowed: rds:ModifyDBInstance; not known before the update")
    assert ", s3 3" in remark
    assert len(remark) < 200


def test_a_policy_that_denies_what_the_plan_needs_fails() -> None:
    outcome, findings = judged({MODIFY: DENIED})

    assert outcome is Outcome.FAIL
    assert findings[0].found == (
        "arn:aws:iam::111122223333:role/deploy may not do rds:ModifyDBInstance: a policy denies it; "
        "the change of AnalyticsDBInstance needs it"
    )
    assert findings[0].logical_id == "AnalyticsDBInstance"


DYNAMIC = detail(evaluation="Dynamic", causing_entity="Template.LatestVersionNumber")
ENVIRONMENT = change("Environment", DYNAMIC, type="AWS::Batch::ComputeEnvironment")
UPDATE = "batch:UpdateComputeEnvironment"


def test_a_denial_of_what_may_be_needed_is_told() -> None:
    outcome, findings = judged({UPDATE: DENIED}, plan(ENVIRONMENT))

    assert (outcome, findings[0].logical_id) == (Outcome.WARN, "Environment")


def test_what_reads_a_version_that_certainly_moves_is_certain() -> None:
    template = change("Template", type="AWS::EC2::LaunchTemplate")

    assert judged({UPDATE: DENIED}, plan(template, ENVIRONMENT))[0] is Outcome.FAIL


def test_an_organization_that_denies_it_fails() -> None:
    outcome, findings = judged({MODIFY: Simulated("implicitDeny", by_organization=False)})

    assert outcome is Outcome.FAIL
    assert "the organization denies it" in findings[0].found


@pytest.mark.parametrize(
    "said",
    [
        {MODIFY: IMPLICIT},
        {MODIFY: Simulated("explicitDeny", ("aws:RequestedRegion",))},
        {},
        {"s3:PutBucketAcl": DENIED},
    ],
    ids=["implicitly denied", "only the real call knows", "not known to the simulator", "not needed for certain"],
)
def test_what_is_not_certain_stops_nothing(said: Mapping[str, Simulated]) -> None:
    assert judged(said, plan(DATABASE, BUCKET))[0] is Outcome.PASS


def test_what_was_predicted_and_is_not_planned_stops_nothing() -> None:
    assert judged({MODIFY: DENIED}, plan(BUCKET))[0] is Outcome.PASS


def test_a_role_that_is_gone_fails() -> None:
    outcome, findings = says(CHECK, **facts(plan(DATABASE), exists=False))

    assert (outcome, findings[0].found) == (Outcome.FAIL, "arn:aws:iam::111122223333:role/deploy does not exist")


# ---- passing roles ---------------------------------------------------------------------------------------------------


def passing(said: Mapping[str, Simulated], *, planned: bool = True) -> tuple[Outcome, tuple[Finding, ...]]:
    """A plan that adds a backup selection, which takes a role; or one that does not."""
    selection = {"Properties": {"IamRoleArn": {"Fn::GetAtt": ["BackupRole", "Arn"]}}}
    declared = template(Resources={"Selection": selection, "BackupRole": {"Type": "AWS::IAM::Role"}})
    added = change("Selection", type="AWS::Backup::BackupSelection", action="Add", replacement="", scope=())
    wanted = plan(added if planned else BUCKET, template=known(declared))
    return says(CHECK, **facts(wanted, passes={ROLE: said}))


def test_a_role_that_may_be_passed_passes() -> None:
    assert passing({"backup.amazonaws.com": ALLOWED})[0] is Outcome.PASS


@pytest.mark.parametrize("said", [IMPLICIT, DENIED], ids=["not allowed", "denied"])
def test_a_role_that_may_not_be_passed_fails(said: Simulated) -> None:
    outcome, findings = passing({"backup.amazonaws.com": said})

    assert outcome is Outcome.FAIL
    assert findings[0].found.endswith(f"may not pass role {ROLE} to backup.amazonaws.com")


@pytest.mark.parametrize(
    "said",
    [
        {"backup.amazonaws.com": IMPLICIT, "ec2.amazonaws.com": ALLOWED},
        {"": Simulated("implicitDeny", ("iam:PassedToService",))},
        {},
    ],
    ids=["to one of its services", "only the real call knows", "not known to the simulator"],
)
def test_a_role_that_may_perhaps_be_passed_stops_nothing(said: Mapping[str, Simulated]) -> None:
    assert passing(said)[0] is Outcome.PASS


def test_a_role_that_the_plan_does_not_pass_stops_nothing() -> None:
    assert passing({"backup.amazonaws.com": DENIED}, planned=False)[0] is Outcome.PASS


# ---- nothing to judge ------------------------------------------------------------------------------------------------


def test_nobodys_permissions_are_not_applicable() -> None:
    assert says(CHECK, before=snapshot(permissions=known(None)), plan=known(plan()))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("facts", [{"before": snapshot(permissions=unknown()), "plan": known(plan())},
                                   {"before": snapshot(), "plan": unknown()}], ids=["permissions", "plan"])  # fmt: skip
def test_without_them_or_the_plan_it_cannot_tell(facts: dict[str, Any]) -> None:
    assert says(CHECK, **facts)[0] is Outcome.ERROR
