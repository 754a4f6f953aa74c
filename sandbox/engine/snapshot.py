"""DeletionPolicy Snapshot: the last picture of what is about to be deleted, for the types whose service has snapshots.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""

from botocore.exceptions import ClientError

from sandbox.engine.handlers import Failed, suffix, worded
from sandbox.engine.state import Resource, Stack
from sandbox.engine.world import Region
from sandbox.providers.guarded import handler_error


def take(region: Region, stack: Stack, row: Resource) -> None:
    """Take a snapshot of a database instance or a volume; other types have none here. Raises Failed."""
    try:
        match row.type:
            case "AWS::RDS::DBInstance":
                region.client("rds").create_db_snapshot(
                    DBInstanceIdentifier=row.physical_id,
                    DBSnapshotIdentifier=f"{stack.name}-snapshot-{row.logical_id}-{suffix()}".lower(),
                )
            case "AWS::EC2::Volume":
                region.client("ec2").create_snapshot(
                    VolumeId=row.physical_id, Description=f"{stack.name} {row.logical_id}"
                )
    except ClientError as error:
        refusal = handler_error(row.type, error)
        raise Failed(worded(refusal.message, refusal.code)) from error
