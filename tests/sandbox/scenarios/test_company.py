from collections.abc import Callable

from tests.sandbox.scenarios.told import Told, upgraded


def test_stack_policy_denies(told: Callable[[str], Told]) -> None:
    world = told("stack-policy-denies")

    assert upgraded(world) == "UPDATE_ROLLBACK_COMPLETE"


def test_organization_denies(told: Callable[[str], Told]) -> None:
    world = told("organization-denies")
    answer = world.aws.client("iam").simulate_principal_policy(
        PolicySourceArn=world.stack("codeocean")["RoleARN"],
        ActionNames=["ec2:CreateLaunchTemplateVersion", "rds:ModifyDBInstance"],
    )
    told_so = [row["OrganizationsDecisionDetail"]["AllowedByOrganizations"] for row in answer["EvaluationResults"]]

    assert told_so == [False, True]
    assert upgraded(world) == "UPDATE_ROLLBACK_COMPLETE"
