"""Every scenario's world is what its sentence says, asked over HTTP. How the gate ends there: tests/acceptance."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from sandbox.scenarios import scenarios
from sandbox.server import Sandbox
from sandbox.template.load import load
from tests.sandbox.outside import Outside, refused

BUCKET = "codeocean-vpc"
TARGET = "templates/v4.1.0/codeocean.template.yaml"


class Told:
    """A scenario as it is found from outside."""

    def __init__(self, sandbox: Sandbox, aws: Outside) -> None:
        self.knobs = sandbox.knobs
        self.aws = aws
        self.folder = sandbox.stacks_file.parent
        self.configuration = tomllib.loads(sandbox.stacks_file.read_text())

    @property
    def demo(self) -> dict[str, Any]:
        entry: dict[str, Any] = self.configuration["stacks"]["demo"]
        return entry

    def stack(self, name: str = "codeocean") -> dict[str, Any]:
        stack: dict[str, Any] = self.aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        return stack

    def parameters(self) -> dict[str, str]:
        return {row["ParameterKey"]: row["ParameterValue"] for row in self.stack()["Parameters"]}

    def version(self, name: str = "codeocean") -> str:
        body = self.aws.client("cloudformation").get_template(StackName=name)["TemplateBody"]
        return next(line.split()[1] for line in str(body).splitlines() if line.strip().startswith("Version: v"))

    def id(self, logical_id: str) -> str:
        detail = self.aws.client("cloudformation").describe_stack_resource(
            StackName="codeocean", LogicalResourceId=logical_id
        )
        return str(detail["StackResourceDetail"]["PhysicalResourceId"])

    def database(self) -> dict[str, Any]:
        found = self.aws.client("rds").describe_db_instances(DBInstanceIdentifier=self.id("AnalyticsDBInstance"))
        instance: dict[str, Any] = found["DBInstances"][0]
        return instance

    def health(self) -> list[str]:
        arn = self.id("TargetGroupWeb")
        found = self.aws.client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return [row["TargetHealth"]["State"] for row in found]

    def events(self) -> list[str]:
        """What RDS tells of the database's storage."""
        rds = self.aws.client("rds")
        span = {"SourceIdentifier": self.id("AnalyticsDBInstance"), "SourceType": "db-instance", "Duration": 360}
        return [event["Message"] for event in rds.describe_events(**span)["Events"] if "storage" in event["Message"]]

    def images(self) -> list[str]:
        """The images of the live version and of the target, in our region."""
        live = self.aws.client("cloudformation").get_template(StackName="codeocean")["TemplateBody"]
        key = TARGET.replace("v4.1.0", self.demo["target"])
        target = self.aws.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        return [load(text)["Mappings"]["AMIs"]["us-east-1"]["id"] for text in (live, target)]

    def acknowledged(self) -> tuple[str, str]:
        """The versions between which maintenance mode is said to be on, as of now."""
        stated = self.demo["acknowledge"]["maintenance_mode"]
        age = datetime.now(UTC) - stated["at"]
        assert timedelta() <= age < timedelta(minutes=2)
        assert stated["by"] == "sandbox"
        return stated["from"], stated["to"]

    def upgrade(self, entry: str, key: str, **values: str) -> str:
        """Upgrade a stack to what the vendor publishes at that key, without the gate; its status."""
        name = self.configuration["stacks"][entry]["stack_name"]
        self.knobs.set({"pace": 0.0})
        cloudformation = self.aws.client("cloudformation")
        cloudformation.update_stack(
            StackName=name,
            TemplateURL=f"https://{BUCKET}.s3.amazonaws.com/{key}",
            Parameters=self.planned(name, **values),
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        return str(self.stack(name)["StackStatus"])

    def planned(self, name: str = "codeocean", **values: str) -> list[dict[str, Any]]:
        """Parameters of an update: those given, and what there is."""
        kept = [
            row["ParameterKey"] for row in self.stack(name).get("Parameters", []) if row["ParameterKey"] not in values
        ]
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        return [*given, *({"ParameterKey": key, "UsePreviousValue": True} for key in kept)]

    def target(self) -> bytes:
        content: bytes = self.aws.client("s3").get_object(Bucket=BUCKET, Key=TARGET)["Body"].read()
        return content


@pytest.fixture
def told(start: Callable[[str], tuple[Sandbox, Outside]]) -> Callable[[str], Told]:
    return lambda name: Told(*start(name))


def test_healthy(told: Callable[[str], Told]) -> None:
    world = told("healthy")
    linked = world.aws.client("backup").describe_backup_vault(BackupVaultName="codeocean-backup-v1")

    assert [world.version(name) for name in ("codeocean", "codeocean-deploy-role", "codeocean-backup")] == [
        "v4.0.0", "v4.1.0", "v1.2.1",
    ]  # fmt: skip
    assert {world.stack(name)["StackStatus"] for name in ("codeocean", "codeocean-backup")} == {"CREATE_COMPLETE"}
    assert world.parameters()["pDestinationBackupVaultArn"] == linked["BackupVaultArn"]
    assert (world.database()["AllocatedStorage"], world.database()["MaxAllocatedStorage"]) == (20, 100)
    assert world.health() == ["healthy"]
    assert world.demo["backup"] in world.configuration["stacks"]
    assert world.knobs.pace > 0
    assert world.aws.get("faults")["api"] == []
    assert world.acknowledged() == ("v4.0.0", "v4.1.0")


def test_a_healthy_deployment_is_quiet_and_may_have_its_images(told: Callable[[str], Told]) -> None:
    world = told("healthy")
    found = world.aws.client("ec2").describe_images(ImageIds=world.images())["Images"]

    assert [(image["State"], image["OwnerId"]) for image in found] == [("available", "524950183868")] * 2
    assert all(image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"].startswith("snap-") for image in found)
    assert (running(world), workers(world), dedicated(world)) == ([], [], [])
    assert (world.events(), world.database()["DBInstanceStatus"]) == ([], "available")
    assert "change" not in world.demo
    assert upgraded(world) == "UPDATE_COMPLETE"


def test_nothing_to_do(told: Callable[[str], Told]) -> None:
    world = told("nothing-to-do")

    assert world.version() == world.demo["target"] == "v4.1.0"
    assert world.acknowledged() == ("v4.1.0", "v4.1.0")


def upgraded(world: Told) -> str:
    """The status after the update to the target, made without the gate."""
    return world.upgrade("demo", TARGET)


def running(world: Told) -> list[str]:
    """Names of the jobs that run."""
    batch, queue = world.aws.client("batch"), world.id("BatchSpotJobQueue")
    return [row["jobName"] for row in batch.list_jobs(jobQueue=queue, jobStatus="RUNNING")["jobSummaryList"]]


def workers(world: Told) -> list[str]:
    """States of the instances in the worker group."""
    group = world.id("WorkersAutoScalingGroup")
    [found] = world.aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group])[
        "AutoScalingGroups"
    ]
    return [row["LifecycleState"] for row in found["Instances"]]


def dedicated(world: Told) -> list[str]:
    """Images of the dedicated workers that run."""
    wanted = {
        "tag:Name": "codeocean-dedicated-worker",
        "tag:codeocean:deployment": "codeocean",
        "instance-state-name": "running",
    }
    filters = [{"Name": name, "Values": [value]} for name, value in wanted.items()]
    found = world.aws.client("ec2").describe_instances(Filters=filters)["Reservations"]
    return [instance["ImageId"] for reservation in found for instance in reservation["Instances"]]


def test_jobs_running(told: Callable[[str], Told]) -> None:
    world = told("jobs-running")

    assert running(world) == ["variant-calling"]
    assert (workers(world), dedicated(world)) == ([], [])


def test_workers_running(told: Callable[[str], Told]) -> None:
    world = told("workers-running")

    assert (workers(world), dedicated(world)) == (["InService"], world.images()[:1])
    assert running(world) == []


def test_image_not_shared(told: Callable[[str], Told]) -> None:
    world = told("image-not-shared")
    live, target = world.images()
    describe = world.aws.client("ec2").describe_images

    assert describe(ImageIds=[live])["Images"][0]["State"] == "available"
    assert refused(describe, ImageIds=[target]) == (
        "InvalidAMIID.NotFound",
        f"The image id '[{target}]' does not exist",
    )
    assert upgraded(world) == "UPDATE_ROLLBACK_COMPLETE"
    events = world.aws.client("cloudformation").describe_stack_events(StackName="codeocean")["StackEvents"]
    reason = next(event["ResourceStatusReason"] for event in events if target in event.get("ResourceStatusReason", ""))
    words = f"You must use a valid fully-formed launch template. The image id '[{target}]' does not exist"
    assert f"{words} (Service: AutoScaling, Status Code: 400, Request ID: " in reason
    assert describe(ImageIds=[live])["Images"][0]["State"] == "available"


def change_set(world: Told, **values: str) -> tuple[str, str]:
    """How CreateChangeSet refuses the update to the target."""
    return refused(
        world.aws.client("cloudformation").create_change_set,
        StackName="codeocean",
        ChangeSetName="planned",
        TemplateURL=f"https://{BUCKET}.s3.amazonaws.com/{TARGET}",
        Parameters=world.planned(**values),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )


def test_parameter_rejected(told: Callable[[str], Told]) -> None:
    world = told("parameter-rejected")

    assert world.parameters()["pServicesInstanceType"] == "m7i.large"
    assert change_set(world) == (
        "ValidationError",
        "Parameter 'pServicesInstanceType' must be one of AllowedValues",
    )
    assert world.upgrade("demo", TARGET, pServicesInstanceType="m7i.xlarge") == "UPDATE_COMPLETE"


def test_new_required_parameter(told: Callable[[str], Told]) -> None:
    world = told("new-required-parameter")

    assert "pAlarmsName" not in world.demo["parameters"]
    assert change_set(world) == ("ValidationError", "Parameters: [pAlarmsName] must have values")
    assert world.upgrade("demo", TARGET, pAlarmsName="Alarms") == "UPDATE_COMPLETE"


@pytest.mark.parametrize(("name", "action"), [("with-macros", "Modify"), ("loop-shortened", "Remove")])
def test_a_loop_and_a_function(told: Callable[[str], Told], name: str, action: str) -> None:
    world = told(name)
    cloudformation = world.aws.client("cloudformation")
    cloudformation.create_change_set(
        StackName="codeocean",
        ChangeSetName="planned",
        TemplateURL=f"https://{BUCKET}.s3.amazonaws.com/{TARGET}",
        Parameters=world.planned(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    planned = {"StackName": "codeocean", "ChangeSetName": "planned"}
    cloudformation.get_waiter("change_set_create_complete").wait(**planned, WaiterConfig={"Delay": 0.2})
    changes = [row["ResourceChange"] for row in cloudformation.describe_change_set(**planned)["Changes"]]

    assert all(world.id(made) for made in ("JobsLog", "UsersLog", "Reminder", "ReminderRole", "ReminderNightly"))
    assert [row["Action"] for row in changes if row["LogicalResourceId"] == "AuditLog"] == [action]
    assert not {"AuditLog", "JobsLog"} & set(load(world.target().decode())["Resources"])
    assert upgraded(world) == "UPDATE_COMPLETE"


def test_approval_missing(told: Callable[[str], Told]) -> None:
    world = told("approval-missing")
    change = world.demo["change"]
    private = world.folder / "ada.pem"
    signing = load_pem_private_key(private.read_bytes(), password=None)
    checking = load_pem_public_key((world.folder / change["approvers"]["Ada Approver"]).read_bytes())

    assert change == {"require_approvals": 1, "approvers": {"Ada Approver": "ada.pub.pem"}}
    assert private.stat().st_mode & 0o777 == 0o600
    assert isinstance(signing, EllipticCurvePrivateKey)
    assert isinstance(checking, EllipticCurvePublicKey)
    assert checking.curve.name == "secp256r1"
    checking.verify(signing.sign(b"this plan", ECDSA(SHA256())), b"this plan", ECDSA(SHA256()))


def test_role_edited_by_hand(told: Callable[[str], Told]) -> None:
    world = told("role-edited-by-hand")
    role, action = "CodeOceanLeastPrivilegedDeployRole", "batch:UpdateComputeEnvironment"
    policy = world.aws.client("iam").get_role_policy(RoleName=role, PolicyName="Compute")["PolicyDocument"]
    granted = policy["Statement"][0]["Action"]

    assert world.version("codeocean-deploy-role") == "v4.1.0"
    assert action not in granted
    assert "batch:UpdateJobQueue" in granted
    template = world.aws.client("cloudformation").get_template(StackName="codeocean-deploy-role")["TemplateBody"]
    assert action in str(template)


def test_outdated(told: Callable[[str], Told]) -> None:
    world = told("outdated")
    names = ("codeocean", "codeocean-backup", "codeocean-deploy-role")

    assert [world.version(name) for name in names] == ["v4.0.0", "v1.2.0", "v4.0.0"]
    assert {name: entry["target"] for name, entry in world.configuration["stacks"].items()} == {
        "demo": "v4.1.0",
        "demo-backup": "v1.2.1",
        "demo-role": "v4.1.0",
    }
    for entry, key in (
        ("demo-backup", "templates/codeocean-backup/v1.2.1/codeocean-backup.template.yaml"),
        ("demo-role", "templates/v4.1.0/codeocean-least-privileged-role.template.yaml"),
        ("demo", TARGET),
    ):
        assert world.upgrade(entry, key) == "UPDATE_COMPLETE"
    assert [world.version(name) for name in names] == ["v4.1.0", "v1.2.1", "v4.1.0"]


def test_rds_optimizing(told: Callable[[str], Told]) -> None:
    world = told("rds-optimizing")
    live = world.database()

    assert (live["AllocatedStorage"], live["MaxAllocatedStorage"]) == (40, 100)
    assert live["DBInstanceStatus"] == "storage-optimization"
    assert world.events() == [
        "Applying modification to allocated storage",
        "Finished applying modification to allocated storage",
    ]
    assert world.parameters()["pRdsAllocatedStorage"] == "20"
    assert world.demo["parameters"]["pRdsAllocatedStorage"] == 60
    # The rollback asks for the largest size too: https://github.com/aws/aws-cdk/issues/29916
    assert world.upgrade("demo", TARGET, pRdsAllocatedStorage="60") == "UPDATE_ROLLBACK_FAILED"
    assert world.database()["AllocatedStorage"] == 40


def test_role_outdated(told: Callable[[str], Told]) -> None:
    assert told("role-outdated").version("codeocean-deploy-role") == "v4.0.0"


def test_backup_behind(told: Callable[[str], Told]) -> None:
    world = told("backup-behind")

    assert world.version("codeocean-backup") == "v1.2.0"
    assert world.demo["backup_policy"]["min_version"] == "v1.2.1"


def test_backup_missing(told: Callable[[str], Told]) -> None:
    world = told("backup-missing")

    assert "backup" not in world.demo
    assert world.parameters()["pDestinationBackupVaultArn"]


@pytest.mark.parametrize(
    ("name", "actual", "configured"),
    [("rds-autoscaled", 60, None), ("rds-autoscaled-actual", 60, "actual"), ("rds-at-maximum", 100, "actual")],
)
def test_a_database_that_has_grown(told: Callable[[str], Told], name: str, actual: int, configured: str | None) -> None:
    world = told(name)

    assert world.database()["AllocatedStorage"] == actual
    assert world.parameters()["pRdsAllocatedStorage"] == "20"
    assert (world.events(), world.database()["DBInstanceStatus"]) == ([], "available")
    assert world.demo.get("parameters", {}).get("pRdsAllocatedStorage") == configured


def drift(world: Told) -> dict[str, list[str]]:
    """Paths of every modified resource, once detection has ended."""
    cloudformation = world.aws.client("cloudformation")
    world.knobs.set({"drift_delay": 0.0})
    cloudformation.detect_stack_drift(StackName="codeocean")
    found = cloudformation.describe_stack_resource_drifts(
        StackName="codeocean", StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
    )
    return {
        row["LogicalResourceId"]: [difference["PropertyPath"] for difference in row["PropertyDifferences"]]
        for row in found["StackResourceDrifts"]
    }


def test_drifted_database(told: Callable[[str], Told]) -> None:
    world = told("drifted-database")

    assert world.database()["DBInstanceClass"] == "db.t4g.medium"
    assert drift(world) == {"AnalyticsDBInstance": ["/DBInstanceClass"]}


@pytest.mark.parametrize(("scenario", "days"), [("waived", 30), ("expired-waiver", -1)])
def test_a_drifted_database_somebody_has_answered_for(told: Callable[[str], Told], scenario: str, days: int) -> None:
    world = told(scenario)
    (waiver,) = world.demo["waivers"]

    assert drift(world) == {"AnalyticsDBInstance": ["/DBInstanceClass"]}
    assert (waiver["check"], waiver["approved_by"]) == ("drift-is-understood", "Ada Approver")
    assert abs(waiver["expires"] - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=5)


def test_drift_expected(told: Callable[[str], Told]) -> None:
    found = drift(told("drift-expected"))

    assert found.keys() == {"WorkersAutoScalingWarmPool", "WorkersAutoScalingGroup", "DataVolume"}
    assert found["DataVolume"] == ["/Size"]
    assert set(found["WorkersAutoScalingWarmPool"]) == {"/MinSize", "/MaxGroupPreparedCapacity"}


def test_drift_denied(told: Callable[[str], Told]) -> None:
    with pytest.raises(ClientError, match=r"not authorized to perform: cloudformation:DetectStackDrift"):
        told("drift-denied").aws.client("cloudformation").detect_stack_drift(StackName="codeocean")


def test_drift_detection_failed(told: Callable[[str], Told]) -> None:
    world = told("drift-detection-failed")
    cloudformation = world.aws.client("cloudformation")
    world.knobs.set({"drift_delay": 0.0})
    detection = cloudformation.detect_stack_drift(StackName="codeocean")["StackDriftDetectionId"]
    status = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)

    assert status["DetectionStatus"] == "DETECTION_FAILED"
    assert "AnalyticsDBInstance" in status["DetectionStatusReason"]


def test_update_in_progress(told: Callable[[str], Told]) -> None:
    assert told("update-in-progress").stack()["StackStatus"] == "UPDATE_IN_PROGRESS"


def test_stale_status(told: Callable[[str], Told]) -> None:
    world = told("stale-status")

    assert world.stack()["StackStatus"] == "UPDATE_COMPLETE"
    assert world.knobs.lag > 1


RESOURCE_FAULTS = [
    "update-fails",
    "rollback-fails",
    "left-behind",
    "identity-lost",
    "capacity-short",
    "database-capacity-short",
    "quota-exceeded",
    "permission-missing",
    "property-invalid",
    "restored-unhealthy",
    "restored-unseen",
]


@pytest.mark.parametrize("name", RESOURCE_FAULTS)
def test_faults_of_resources_hit_resources_there_are(told: Callable[[str], Told], name: str) -> None:
    world = told(name)

    assert world.knobs.resources
    assert all(world.id(logical_id) for logical_id in world.knobs.resources)


@pytest.mark.parametrize(
    ("name", "operation"), [("plan-denied", "create_change_set"), ("execute-denied", "execute_change_set")]
)
def test_one_call_is_denied(told: Callable[[str], Told], name: str, operation: str) -> None:
    cloud = told(name).aws.client("cloudformation")
    with pytest.raises(ClientError) as caught:
        getattr(cloud, operation)(StackName="codeocean", ChangeSetName="ours")

    assert caught.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize("name", ["validation-fails", "validation-stops"])
def test_validations_find_something_in_the_target(told: Callable[[str], Told], name: str) -> None:
    world = told(name)

    assert world.knobs.validations
    assert all(f"\n  {found['resource']}:\n" in world.target().decode() for found in world.knobs.validations)


def test_hook_refuses(told: Callable[[str], Told]) -> None:
    world = told("hook-refuses")

    assert [bool(world.id(hook["fails"])) for hook in world.knobs.hooks] == [True]


def test_nested_fails(told: Callable[[str], Told]) -> None:
    world = told("nested-fails")
    inner = world.aws.client("cloudformation").list_stack_resources(StackName=world.id("Monitoring"))

    assert [row["LogicalResourceId"] for row in inner["StackResourceSummaries"]] == list(world.knobs.resources)


def test_unhealthy_after(told: Callable[[str], Told]) -> None:
    world = told("unhealthy-after")
    machine = world.aws.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[world.id("ServicesAutoScalingGroup")]
    )["AutoScalingGroups"][0]["Instances"][0]["InstanceId"]
    before, elbv2, web = world.health(), world.aws.client("elbv2"), world.id("TargetGroupWeb")
    elbv2.deregister_targets(TargetGroupArn=web, Targets=[{"Id": machine}])
    elbv2.register_targets(TargetGroupArn=web, Targets=[{"Id": machine}])

    assert (before, world.health()) == (["healthy"], ["initial"])


def test_alarm_raised(told: Callable[[str], Told]) -> None:
    found = told("alarm-raised")
    rows = found.aws.client("cloudwatch").describe_alarms(AlarmNames=[found.id("ServicesUnhealthyHostAlarm")])
    assert [row["StateValue"] for row in rows["MetricAlarms"]] == ["ALARM"]


def test_launch_suspended(told: Callable[[str], Told]) -> None:
    found = told("launch-suspended")
    name = found.id("ServicesAutoScalingGroup")
    rows = found.aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    assert [each["ProcessName"] for each in rows["AutoScalingGroups"][0]["SuspendedProcesses"]] == ["Launch"]


def test_application_down(told: Callable[[str], Told]) -> None:
    found = told("application-down")
    assert (found.knobs.answer, set(found.health())) == (502, {"healthy"})


def test_certificate_waits(told: Callable[[str], Told]) -> None:
    found = told("certificate-waits")
    live = str(found.aws.client("cloudformation").get_template(StackName="codeocean")["TemplateBody"])
    assert b"ValidationMethod: EMAIL" in found.target()
    assert "ValidationMethod: EMAIL" not in live


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


def test_lived_in(told: Callable[[str], Told]) -> None:
    world = told("lived-in")
    cloudformation = world.aws.client("cloudformation")
    [left] = cloudformation.list_change_sets(StackName="codeocean")["Summaries"]
    tags = {row["Key"] for row in world.stack("codeocean")["Tags"]}

    assert (left["ChangeSetName"], left["Status"]) == ("theirs", "FAILED")
    assert tags == {"owner", "map-migrated", "created-by"}
    assert world.stack("codeocean")["RoleARN"].endswith(":role/stack-role")
    assert upgraded(world) == "UPDATE_COMPLETE"


def test_expired(told: Callable[[str], Told]) -> None:
    with pytest.raises(ClientError) as caught:
        told("expired").aws.client("sts").get_caller_identity()

    assert caught.value.response["Error"]["Code"] == "ExpiredToken"


def test_throttled(told: Callable[[str], Told]) -> None:
    world = told("throttled")
    sts = world.aws.client("sts")
    sts.get_caller_identity()
    sts.get_caller_identity()
    with pytest.raises(ClientError, match="Rate exceeded"):
        sts.get_caller_identity()


def test_target_denied(told: Callable[[str], Told]) -> None:
    with pytest.raises(ClientError, match="Access Denied"):
        told("target-denied").target()


def test_target_missing(told: Callable[[str], Told]) -> None:
    world = told("target-missing")
    with pytest.raises(ClientError) as caught:
        world.aws.client("s3").get_object(Bucket=BUCKET, Key=TARGET.replace("v4.1.0", world.demo["target"]))

    assert caught.value.response["Error"]["Code"] == "NoSuchKey"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("target-html", b"<!DOCTYPE html>"),
        ("target-bomb", b"[*a8, *a8"),
        ("target-other-product", b"Version: v1.2.1"),
        ("database-replaced", b"KmsKeyId: !GetAtt BackupKMSKey.Arn"),
    ],
)
def test_another_target_is_published(told: Callable[[str], Told], name: str, words: bytes) -> None:
    assert words in told(name).target()


def test_target_too_big(told: Callable[[str], Told]) -> None:
    assert len(told("target-too-big").target()) > 1_000_000


def test_the_target_can_be_read_without_credentials(told: Callable[[str], Told]) -> None:
    connection = HTTPConnection(told("healthy").aws.url.removeprefix("http://"))
    connection.request("GET", f"/{BUCKET}/{TARGET}")
    answer = connection.getresponse()

    assert answer.status == 200
    assert b"Version: v4.1.0" in answer.read()


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("stack-absent", "stack_name", "codeocean-production"),
        ("timeout", "minutes", 0.05),
    ],
)
def test_the_configuration_differs(told: Callable[[str], Told], name: str, key: str, value: object) -> None:
    assert told(name).demo[key] == value


def test_parameter_unknown(told: Callable[[str], Told]) -> None:
    world = told("parameter-unknown")

    assert world.demo["parameters"]["pRdsAlocatedStorage"] == 40
    assert "pRdsAlocatedStorage" not in load(world.target().decode())["Parameters"]


def test_volume_enlarged(told: Callable[[str], Told]) -> None:
    world = told("volume-enlarged")
    [volume] = world.aws.client("ec2").describe_volumes(VolumeIds=[world.id("DataVolume")])["Volumes"]

    assert volume["Size"] == 1024


def test_key_disabled(told: Callable[[str], Told]) -> None:
    world = told("key-disabled")

    assert world.aws.client("kms").describe_key(KeyId=world.id("BackupKMSKey"))["KeyMetadata"]["KeyState"] == "Disabled"


@pytest.mark.parametrize(("name", "hours", "vaults"), [("backups-stale", 48, 1), ("vault-of-ones-own", 0, 2)])
def test_backups(told: Callable[[str], Told], name: str, hours: int, vaults: int) -> None:
    world = told(name)
    backup = world.aws.client("backup")
    for arn in (
        f"ec2:us-east-1:111122223333:volume/{world.id('DataVolume')}",
        f"rds:us-east-1:111122223333:db:{world.id('AnalyticsDBInstance')}",
    ):
        points = backup.list_recovery_points_by_resource(ResourceArn=f"arn:aws:{arn}")["RecoveryPoints"]
        age = datetime.now(UTC) - max(point["CreationDate"] for point in points)

        assert round(age.total_seconds() / 3600) == hours
        assert (
            len({point["BackupVaultName"] for point in points if point["BackupVaultName"] != "codeocean-backup-v1"})
            == vaults
        )


def test_archived(told: Callable[[str], Told]) -> None:
    world = told("archived")
    bucket, _, prefix = world.demo["evidence"]["archive"].removeprefix("s3://").partition("/")

    assert prefix
    assert world.aws.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_wrong_account(told: Callable[[str], Told]) -> None:
    world = told("wrong-account")

    assert world.aws.client("sts").get_caller_identity()["Account"] != world.configuration["defaults"]["account_id"]


@pytest.mark.vendor
@pytest.mark.parametrize(("name", "resources"), [("vendor", 230), ("vendor-internal", 190)])
def test_vendor(told: Callable[[str], Told], name: str, resources: int) -> None:
    world = told(name)
    rows = world.aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName="codeocean")
    published = world.aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="templates/v3.8.2/")["Contents"]

    assert world.version() == "v3.7.0"
    assert world.demo["target"] == "v3.8.2"
    assert sum(len(page["StackResourceSummaries"]) for page in rows) >= resources
    assert len(published) == 2
    found = world.aws.client("ec2").describe_images(ImageIds=world.images())["Images"]
    assert [image["State"] for image in found] == ["available"] * 2
    assert world.acknowledged() == ("v3.7.0", "v3.8.2")
    assert ("backup" in world.demo) is (name == "vendor-internal")
    assert (world.parameters()["pDeploymentType"] == "internal") is (name == "vendor-internal")


def test_every_scenario_is_tested_here() -> None:
    tested = Path(__file__).read_text().partition("def test_every_scenario_is_tested_here")[0]

    assert [known.name for known in scenarios() if f'"{known.name}"' not in tested] == ["empty"]
