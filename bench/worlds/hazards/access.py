"""Who may do what, and what else goes on in the account."""

from bench.worlds import blocks, warns
from bench.worlds.hands import STACK, change_set, kept_parameters, policy, resource, role, target, update
from sandbox.scenarios.stage import Stage


@blocks("The configuration is for another account.", "999988887777", scenario="wrong-account")
def another_account(stage: Stage) -> None:
    """As the scenario says."""


@blocks("Somebody's update is running.", "UPDATE_IN_PROGRESS", scenario="update-in-progress")
def update_running(stage: Stage) -> None:
    """As the scenario says."""


@blocks("Drift may not be detected.", "DetectStackDrift", scenario="drift-denied", verdict="CANNOT_TELL")
def drift_unreadable(stage: Stage) -> None:
    """As the scenario says."""


@blocks("Nothing of RDS may be read.", "rds:", verdict="CANNOT_TELL")
def database_unreadable(stage: Stage) -> None:
    stage.knobs.set({"api": [{"service": "rds", "action": "Describe*", "kind": "denied"}]})


@warns(
    "The session lasts an hour, the upgrade may take two.", "session", environment={"AWS_SESSION_TOKEN": "of-an-hour"}
)
def session_too_short(stage: Stage) -> None:
    stage.configure("stacks.demo", minutes=120)


@blocks("The stack's service role was deleted.", "company-cloudformation")
def service_role_deleted(stage: Stage) -> None:
    update(stage, {"pWorkersAsgMaxSize": 12}, RoleARN=role(stage, "company-cloudformation"))
    iam = stage.client("iam")
    iam.delete_role_policy(RoleName="company-cloudformation", PolicyName="everything")
    iam.delete_role(RoleName="company-cloudformation")


@blocks("The configured service role trusts only EC2.", "company-ec2", "cloudformation.amazonaws.com")
def service_role_untrusting(stage: Stage) -> None:
    stage.configure("stacks.demo", service_role_arn=role(stage, "company-ec2", "ec2.amazonaws.com"))


@warns("Somebody's change set waits to be executed.", "colleagues-change")
def foreign_change_set(stage: Stage) -> None:
    changed = kept_parameters(stage, {"pWorkersAsgMaxSize": 30})
    change_set(stage, "colleagues-change", UsePreviousTemplate=True, Parameters=changed)


@warns("Termination protection is off.", "termination protection")
def termination_protection_off(stage: Stage) -> None:
    stage.client("cloudformation").update_termination_protection(StackName=STACK, EnableTerminationProtection=False)


@blocks("The role's stack is a version behind.", "codeocean-deploy-role", "v4.0.0", scenario="role-outdated")
def role_behind(stage: Stage) -> None:
    """As the scenario says."""


@blocks("An action was taken away from the role.", "batch:UpdateComputeEnvironment", scenario="role-edited-by-hand")
def role_edited(stage: Stage) -> None:
    """As the scenario says."""


@warns("The role that CloudFormation uses is denied what the plan may need.", "batch:UpdateComputeEnvironment", "den")
def role_denied(stage: Stage) -> None:
    """Whether the environment is updated or replaced by its new launch template, only Batch knows."""
    stage.configure("stacks.demo", service_role_arn=_with_deny(stage, "batch:UpdateComputeEnvironment"))


@blocks("A policy denies the new version of a launch template.", "ec2:CreateLaunchTemplateVersion", "den")
def role_denied_a_version(stage: Stage) -> None:
    stage.configure("stacks.demo", service_role_arn=_with_deny(stage, "ec2:CreateLaunchTemplateVersion"))


@blocks("The role that CloudFormation uses may not pass the role of a new function.", "PassRole")
def role_may_not_pass(stage: Stage) -> None:
    code = 'Code: { ZipFile: "def handler(event, context): pass" }'
    properties = f"Runtime: python3.12\n      Handler: index.handler\n      Role: !GetAtt BackupRole.Arn\n      {code}"
    target(stage, resource(f"  Reporting:\n    Type: AWS::Lambda::Function\n    Properties:\n      {properties}\n"))
    stage.configure("stacks.demo", service_role_arn=_with_deny(stage, "iam:PassRole"))


@blocks("The organization denies what the plan needs.", "ec2:CreateLaunchTemplateVersion", "organization")
def organization_denies(stage: Stage) -> None:
    stage.configure("stacks.demo", service_role_arn=role(stage, "company-cloudformation"))
    stage.knobs.set({"organization_denies": ["ec2:Create*"]})


def _with_deny(stage: Stage, action: str) -> str:
    arn = role(stage, "company-cloudformation")
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    stage.client("iam").put_role_policy(
        RoleName="company-cloudformation", PolicyName="guardrail", PolicyDocument=policy(statement)
    )
    return arn
