"""The deployment is at work, so that users would lose what they compute, or it is not well."""

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import deployment


@scenario("jobs-running", "A pipeline runs: one Batch job.")
def jobs_running(stage: Stage) -> None:
    """It goes on until somebody ends it."""
    deployment(stage)
    stage.submit_job("BatchSpotJobQueue", "variant-calling")


@scenario("alarm-raised", "An alarm tells that the services machine does not answer.")
def alarm_raised(stage: Stage) -> None:
    """It stays raised until somebody says otherwise."""
    deployment(stage)
    stage.client("cloudwatch").set_alarm_state(
        AlarmName=stage.physical_id("ServicesUnhealthyHostAlarm"),
        StateValue="ALARM",
        StateReason="Threshold Crossed: 1 datapoint was greater than the threshold (0.0).",
    )


@scenario("launch-suspended", "Somebody suspended the start of machines in the services group, and forgot it.")
def launch_suspended(stage: Stage) -> None:
    """An update would wait for a machine that never starts."""
    deployment(stage)
    group = stage.physical_id("ServicesAutoScalingGroup")
    stage.client("autoscaling").suspend_processes(AutoScalingGroupName=group, ScalingProcesses=["Launch"])


@scenario("workers-running", "Computations run: a worker in its group, and a dedicated one.")
def workers_running(stage: Stage) -> None:
    """The services machine starts dedicated workers itself, in no group."""
    deployment(stage)
    group = stage.physical_id("WorkersAutoScalingGroup")
    stage.client("autoscaling").set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=1)
    start_worker(stage, "codeocean")


def start_worker(stage: Stage, name: str) -> None:
    """Start a dedicated worker as the services machine of the deployment of this name does, in no group."""
    tags = {"Name": "codeocean-dedicated-worker", "codeocean:deployment": name}
    stage.client("ec2").run_instances(
        LaunchTemplate={"LaunchTemplateId": stage.physical_id("WorkersLaunchTemplate")},
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        ],
    )
