"""What people do to a deployment: the few moves that several worlds make."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.scenarios.stage import CAPABILITIES, Stage
from sandbox.scenarios.world import LIVE, MAIN, MAIN_TEMPLATE, TARGET

STACK = "codeocean"

LAST = "  LogGroupServices:\n    Type: AWS::Logs::LogGroup\n"
"""Where a resource is put in, in both versions of the template."""


def resource(text: str) -> dict[str, str]:
    """The edit that adds resources, as YAML."""
    return {LAST: f"{text.rstrip()}\n\n{LAST}"}


def section(text: str) -> dict[str, str]:
    """The edit that adds a top-level section, as YAML."""
    return {"\nResources:\n": f"\n{text.rstrip()}\n\nResources:\n"}


QUIET_ALARM = resource("""
  ServicesCpuUsageHighAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/EC2
      MetricName: CPUUtilization
      Statistic: Average
      ComparisonOperator: GreaterThanThreshold
      Threshold: 70
      Period: 300
      EvaluationPeriods: 6
""")
"""One that says nothing about an upgrade."""

TIER = "/codeocean/tier"
SSM_VALUE = resource("""
  TierTopic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: "{{resolve:ssm:/codeocean/tier}}"
""")
"""What takes a value from Parameter Store."""

EXPORT = section("""
Outputs:
  ResultsBucket:
    Value: !Ref S3ResultsBucket
    Export: { Name: codeocean-results-bucket }
""")
"""An output that other stacks can import."""


def target(stage: Stage, edits: Mapping[str, str]) -> None:
    """Have the published target say something else."""
    stage.publish(f"templates/{TARGET}/{MAIN}", stage.template(f"{MAIN_TEMPLATE}-{TARGET}", edits))


def target_text(stage: Stage, old: str, new: str) -> None:
    """Have the published target say something else everywhere: a pattern, and what stands in its place."""
    text, times = re.subn(old, new, stage.template(f"{MAIN_TEMPLATE}-{TARGET}"))
    if not times:
        raise ValueError(f"{old} does not stand in the target")
    stage.publish(f"templates/{TARGET}/{MAIN}", text)


def install(stage: Stage, edits: Mapping[str, str]) -> None:
    """Have the deployed template and the target say something else."""
    address = stage.publish(f"templates/{LIVE}/{MAIN}", stage.template(f"{MAIN_TEMPLATE}-{LIVE}", edits))
    update(stage, TemplateURL=address)
    target(stage, edits)


def update(stage: Stage, parameters: Mapping[str, object] | None = None, **more: Any) -> None:
    """Update the stack, as somebody did before.

    Raises:
        RuntimeError: the update failed.
    """
    cloudformation = stage.client("cloudformation")
    template = {} if "TemplateURL" in more else {"UsePreviousTemplate": True}
    cloudformation.update_stack(
        StackName=STACK,
        Parameters=kept_parameters(stage, parameters),
        Capabilities=CAPABILITIES,
        **template,
        **more,
    )
    status = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
    if status != "UPDATE_COMPLETE":
        raise RuntimeError(f"the update ended as {status}")


def kept_parameters(stage: Stage, changed: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
    """Every parameter as it is, but for those that are changed."""
    live = stage.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    given: dict[str, Any] = {key: {"ParameterValue": str(value)} for key, value in (changed or {}).items()}
    kept: dict[str, Any] = {row["ParameterKey"]: {"UsePreviousValue": True} for row in live["Parameters"]}
    return [{"ParameterKey": key, **value} for key, value in {**kept, **given}.items()]


def change_set(stage: Stage, name: str, **more: Any) -> None:
    """Make a change set, as somebody else did."""
    arguments = {"StackName": STACK, "ChangeSetName": name, "Capabilities": CAPABILITIES, **more}
    stage.client("cloudformation").create_change_set(**arguments)


def grow(stage: Stage, size: int) -> None:
    """Storage autoscaling, a week ago. Size in GiB."""
    stage.knobs.set({"event_age": 7 * 24 * 3600.0})
    stage.client("rds").modify_db_instance(
        DBInstanceIdentifier=stage.physical_id("AnalyticsDBInstance"), AllocatedStorage=size, ApplyImmediately=True
    )
    stage.knobs.set({"event_age": 0.0})


def modify_database(stage: Stage, **values: object) -> None:
    """Change the database at once."""
    stage.client("rds").modify_db_instance(
        DBInstanceIdentifier=stage.physical_id("AnalyticsDBInstance"), ApplyImmediately=True, **values
    )


def alarm(stage: Stage, logical_id: str, state: str, reason: str = "set by hand") -> None:
    """Put an alarm of the stack into a state."""
    stage.client("cloudwatch").set_alarm_state(
        AlarmName=stage.physical_id(logical_id), StateValue=state, StateReason=reason
    )


def certificate(stage: Stage, days: float) -> str:
    """A certificate of one's own that expires in so many days, imported; its ARN."""
    from cryptography import x509  # noqa: PLC0415  # only what moto brings
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "codeocean.example.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=340))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, SHA256())
    )
    imported = stage.client("acm").import_certificate(
        Certificate=made.public_bytes(Encoding.PEM),
        PrivateKey=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    return str(imported["CertificateArn"])


def role(stage: Stage, name: str, service: str = "cloudformation.amazonaws.com") -> str:
    """A role somebody made by hand that may do everything; its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    iam = stage.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=policy(everything))
    return str(made)


def own_image(stage: Stage) -> str:
    """An image of the company's; its id."""
    made = stage.client("ec2").register_image(
        Name="company-codeocean", RootDeviceName="/dev/xvda", Architecture="x86_64", VirtualizationType="hvm"
    )
    return str(made["ImageId"])


def importer(stage: Stage) -> None:
    """Another stack, which imports `EXPORT`."""
    text = (
        "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n"
        "      DisplayName: !ImportValue codeocean-results-bucket\n"
    )
    stage.client("cloudformation").create_stack(StackName="reporting", TemplateBody=text)


def soon() -> datetime:
    """Next month."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)


def allow(action: str, resource: str = "*") -> dict[str, object]:
    """A statement of a stack policy."""
    return {"Effect": "Allow", "Action": action, "Principal": "*", "Resource": resource}


def deny(action: str, resource: str = "*") -> dict[str, object]:
    """A statement of a stack policy."""
    return {**allow(action, resource), "Effect": "Deny"}


def policy(*statements: Mapping[str, object]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def forget_backups(stage: Stage, logical_id: str) -> None:
    """Delete the recovery points of a resource, copies too."""
    backup = stage.client("backup")
    for vault in backup.list_backup_vaults()["BackupVaultList"]:
        name = vault["BackupVaultName"]
        for point in backup.list_recovery_points_by_backup_vault(BackupVaultName=name)["RecoveryPoints"]:
            if stage.physical_id(logical_id) in point["ResourceArn"]:
                backup.delete_recovery_point(BackupVaultName=name, RecoveryPointArn=point["RecoveryPointArn"])


def copy_backups(stage: Stage, vault_arn: str) -> None:
    """Copy every recovery point of the deployment's vault to another."""
    backup, vault = stage.client("backup"), stage.physical_id("BackupVault")
    for point in backup.list_recovery_points_by_backup_vault(BackupVaultName=vault)["RecoveryPoints"]:
        backup.start_copy_job(
            RecoveryPointArn=point["RecoveryPointArn"],
            SourceBackupVaultName=vault,
            DestinationBackupVaultArn=vault_arn,
            IamRoleArn=f"arn:aws:iam::{stage.account}:role/backup",
        )
