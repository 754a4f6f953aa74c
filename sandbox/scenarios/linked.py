"""The stacks that a deployment leans on are not where they should be."""

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
