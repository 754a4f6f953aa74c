"""A system that is not quiet, or lacks what the update needs of it."""

from datetime import UTC, datetime, timedelta

from bench.worlds import blocks, warns
from bench.worlds.hands import QUIET_ALARM, alarm, certificate, install, modify_database, resource, target, update
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import LIVE, deployment
from upgrade.clock import SystemClock

SLOT = "%a:%H:%M"
"""How RDS writes a moment of the week."""


@blocks("A pipeline runs.", "variant-calling", scenario="jobs-running")
def pipeline_running(stage: Stage) -> None:
    """As the scenario says."""


@blocks("Computations run.", "worker", scenario="workers-running")
def computations_running(stage: Stage) -> None:
    """As the scenario says."""


@blocks("Nobody has switched maintenance mode on.", "maintenance_mode")
def maintenance_unstated(stage: Stage) -> None:
    stage.configure("stacks.demo.acknowledge", maintenance_mode=None)


@blocks("Maintenance mode was stated for another pair of versions.", "maintenance_mode")
def maintenance_stated_for_another_version(stage: Stage) -> None:
    stage.acknowledge("maintenance_mode", "v3.9.0", LIVE)


@blocks("Nothing may be launched in the services group.", "ServicesAutoScalingGroup", "Launch")
def launching_suspended(stage: Stage) -> None:
    stage.client("autoscaling").suspend_processes(
        AutoScalingGroupName=stage.physical_id("ServicesAutoScalingGroup"), ScalingProcesses=["Launch"]
    )


@blocks("The services group is being refreshed.", "ServicesAutoScalingGroup", "refresh")
def instance_refresh_running(stage: Stage) -> None:
    stage.knobs.set({"refresh_delay": 24 * 3600.0})
    group = stage.physical_id("ServicesAutoScalingGroup")
    stage.client("autoscaling").start_instance_refresh(AutoScalingGroupName=group)


@blocks("A batch environment is INVALID.", "BatchSpotComputeEnvironment", "INVALID")
def batch_environment_invalid(stage: Stage) -> None:
    invalid = {"status": "INVALID", "statusReason": "CLIENT_ERROR - the service role may not be assumed"}
    stage.knobs.set({"batch": {stage.physical_id("BatchSpotComputeEnvironment"): invalid}})


@blocks("The services machine does not answer its health checks.", "ServicesUnhealthyHostAlarm", "ALARM")
def blocking_alarm(stage: Stage) -> None:
    alarm(stage, "ServicesUnhealthyHostAlarm", "ALARM")


@warns("An alarm has just gone off.", "ServicesCpuUsageHighAlarm", "ALARM")
def alarm_raised(stage: Stage) -> None:
    install(stage, QUIET_ALARM)
    alarm(stage, "ServicesCpuUsageHighAlarm", "ALARM")


@warns("A target is unhealthy.", "TargetGroupGW", "unhealthy")
def target_unhealthy(stage: Stage) -> None:
    stage.knobs.set({"targets": {"TargetGroupGW": "unhealthy"}})


@blocks("The certificate has expired.", "certificate", "expired")
def certificate_expired(stage: Stage) -> None:
    seconds = 4  # ACM takes no expired one
    update(stage, {"pCertificateArn": certificate(stage, seconds / 86400)})
    SystemClock().sleep(seconds)


@blocks("A new certificate waits until somebody answers.", "Certificate", "mail", scenario="certificate-waits")
def certificate_by_mail(stage: Stage) -> None:
    """As the scenario says."""


@warns("The database's maintenance window opens within the next minutes.", "AnalyticsDBInstance", "window")
def maintenance_window_soon(stage: Stage) -> None:
    begin = datetime.now(UTC) + timedelta(minutes=30)
    window = f"{begin.strftime(SLOT)}-{(begin + timedelta(minutes=60)).strftime(SLOT)}".lower()
    modify_database(stage, PreferredMaintenanceWindow=window)
    stage.configure("stacks.demo", minutes=120)


@warns("No further address may be allocated, and the plan adds one.", "Elastic IPs", "5 of 5")
def quota_of_addresses_full(stage: Stage) -> None:
    for _ in range(5):
        stage.client("ec2").allocate_address(Domain="vpc")
    target(stage, resource("  MoreEIP:\n    Type: AWS::EC2::EIP\n    Properties: { Domain: vpc }\n"))


@blocks("The plan changes to an instance type that no zone offers.", "r5d.3xlarge")
def type_not_offered(stage: Stage) -> None:
    stage.configure("stacks.demo.parameters", pWorkerInstanceType="r5d.3xlarge")


@warns("The subnet of the services machine has no free address.", "ServicesAutoScalingGroup", "free", scenario="empty")
def subnet_full(stage: Stage) -> None:
    deployment(stage, edits={"CidrBlock: !Select [2, !Cidr [!Ref pVpcCIDR, 4, 12]]": "CidrBlock: 10.0.200.0/28"})
    ec2, subnet = stage.client("ec2"), stage.physical_id("PrivateSubnet1")
    while ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"] > 0:
        ec2.create_network_interface(SubnetId=subnet)
