"""The stacks that a deployment leans on are not where they should be."""

import json

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import LIVE, OLD_BACKUP, deployment


@scenario("role-outdated", "The stack of the deployment role still has the live version.")
def role_outdated(stage: Stage) -> None:
    """Nobody updated the role first."""
    deployment(stage, role=LIVE)


@scenario("backup-behind", "The backup stack is older than the release notes ask for.")
def backup_behind(stage: Stage) -> None:
    """v1.2.0, where v1.2.1 is configured as the minimum."""
    deployment(stage, backup=OLD_BACKUP)


@scenario("backup-missing", "The deployment copies its backups to a vault, and no backup stack is configured.")
def backup_missing(stage: Stage) -> None:
    """The live stack says that there is one."""
    deployment(stage)
    stage.configure("stacks.demo", backup=None)


@scenario("role-edited-by-hand", "Somebody took an action away from the deployment role by hand.")
def role_edited_by_hand(stage: Stage) -> None:
    """The role's stack still says the target's version."""
    deployment(stage)
    iam, role = stage.client("iam"), stage.physical_id("DeployRole", "codeocean-deploy-role")
    policy = iam.get_role_policy(RoleName=role, PolicyName="Compute")["PolicyDocument"]
    policy["Statement"][0]["Action"].remove("batch:UpdateComputeEnvironment")
    iam.put_role_policy(RoleName=role, PolicyName="Compute", PolicyDocument=json.dumps(policy))


@scenario("outdated", "Everything is a version behind: the role's stack, the backup stack and the deployment.")
def outdated(stage: Stage) -> None:
    """`demo-backup` and `demo-role` are upgraded first, then `demo`."""
    deployment(stage, role=LIVE, backup=OLD_BACKUP)
