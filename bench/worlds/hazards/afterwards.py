"""What only shows when the update is made."""

from bench.worlds import shows_afterwards
from bench.worlds.hands import QUIET_ALARM, STACK, alarm, install, modify_database, target
from sandbox.scenarios.stage import Stage


@shows_afterwards("The new services machine never becomes healthy.", "TargetGroup", scenario="unhealthy-after")
def never_healthy(stage: Stage) -> None:
    """As the scenario says."""


@shows_afterwards("The update silently makes a new data volume.", "DataVolume", scenario="identity-lost")
def identity_changed(stage: Stage) -> None:
    """As the scenario says."""


def _class_changed(stage: Stage) -> None:
    modify_database(stage, DBInstanceClass="db.t4g.medium")


@shows_afterwards("Meanwhile somebody changes the database.", "AnalyticsDBInstance", meanwhile=_class_changed)
def database_changed_meanwhile(stage: Stage) -> None:
    """As it was made."""


def _alarm_goes_off(stage: Stage) -> None:
    alarm(stage, "ServicesCpuUsageHighAlarm", "ALARM")


@shows_afterwards("An alarm goes off, and stays.", "ServicesCpuUsageHighAlarm", meanwhile=_alarm_goes_off)
def alarm_after_the_update(stage: Stage) -> None:
    install(stage, QUIET_ALARM)


@shows_afterwards("The target takes the database out of the backup.", "AnalyticsDBInstance", "backup")
def no_longer_backed_up(stage: Stage) -> None:
    target(stage, {"          - !GetAtt AnalyticsDBInstance.DBInstanceArn\n": ""})


@shows_afterwards("The services machine is not replaced: it runs the old image.", "ServicesAutoScalingGroup", "image")
def old_image_runs_on(stage: Stage) -> None:
    rolling = "    UpdatePolicy:\n      AutoScalingRollingUpdate: { WaitOnResourceSignals: false }\n"
    target(stage, {rolling: ""})


@shows_afterwards("The application's address does not answer.", "127.0.0.1")
def application_silent(stage: Stage) -> None:
    stage.configure("stacks.demo.health", from_here=True, addresses=["https://127.0.0.1:1/health"])


def _protection_off(stage: Stage) -> None:
    stage.client("cloudformation").update_termination_protection(StackName=STACK, EnableTerminationProtection=False)


@shows_afterwards(
    "Meanwhile somebody switches termination protection off.",
    "termination protection",
    verdict="UPGRADED",
    meanwhile=_protection_off,
)
def protection_lost(stage: Stage) -> None:
    stage.client("cloudformation").update_termination_protection(StackName=STACK, EnableTerminationProtection=True)


@shows_afterwards(
    "What the target no longer has can't be deleted.", "ServicesInstanceDedicatedMachinesAccess", verdict="UPGRADED"
)
def left_behind(stage: Stage) -> None:
    fault = {"on": "delete", "reason": "Access denied for operation 'DeleteRolePolicy'."}
    stage.knobs.set({"resources": {"ServicesInstanceDedicatedMachinesAccess": fault}})


@shows_afterwards("The update fails, and the old state is back.", verdict="ROLLED_BACK", scenario="update-fails")
def rolled_back(stage: Stage) -> None:
    """As the scenario says."""
