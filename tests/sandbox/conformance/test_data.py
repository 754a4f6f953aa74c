"""Databases, volumes and backups, where a gate reads them and moto alone would mislead it."""

from datetime import UTC, datetime, timedelta

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud
from tests.sandbox.conformance.groups import database, told


@conformance("emulates", "RDS")
def test_pending_values(cloud: Cloud) -> None:
    """A change without ApplyImmediately is in PendingModifiedValues, unless it is of a kind that is made at once."""
    cloud.create("one", {"D": database(20)})
    rds, name = cloud.client("rds"), cloud.physical_id("one", "D")
    rds.modify_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t3.large", MaxAllocatedStorage=50)
    [live] = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    assert live["PendingModifiedValues"] == {"DBInstanceClass": "db.t3.large"}
    assert (live["DBInstanceClass"], live["MaxAllocatedStorage"]) == ("db.t3.medium", 50)


@conformance("simplifies", "RDS")
def test_no_maintenance_window(cloud: Cloud) -> None:
    """There is no maintenance window: a pending change is made with the next one that is applied immediately."""
    cloud.create("one", {"D": database(20)})
    rds, name = cloud.client("rds"), cloud.physical_id("one", "D")
    rds.modify_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t3.large")
    rds.modify_db_instance(DBInstanceIdentifier=name, MultiAZ=True, ApplyImmediately=True)
    [live] = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    assert (live["DBInstanceClass"], live["MultiAZ"], live["PendingModifiedValues"]) == ("db.t3.large", True, {})


@conformance("emulates", "RDS")
def test_storage_events(cloud: Cloud) -> None:
    """DescribeEvents tells a change of storage, whoever made it, within the time asked for: an hour by default."""
    cloud.create("one", {"D": database(20)})
    name = cloud.physical_id("one", "D")
    assert told(cloud, name) == []
    cloud.update("one", {"D": database(40)})
    assert told(cloud, name) == [
        "Applying modification to allocated storage",
        "Finished applying modification to allocated storage",
    ]


@conformance("emulates", "RDS")
def test_storage_optimization(cloud: Cloud) -> None:
    """While storage is optimized (knob `optimize_delay`) another change of it fails, and so does the rollback."""
    cloud.create("one", {"D": database(20)})
    cloud.knobs.set({"optimize_delay": 3600})
    cloud.update("one", {"D": database(40)})
    [live] = cloud.client("rds").describe_db_instances(DBInstanceIdentifier=cloud.physical_id("one", "D"))[
        "DBInstances"
    ]
    assert live["DBInstanceStatus"] == "storage-optimization"
    assert cloud.update("one", {"D": database(60)}) == "UPDATE_ROLLBACK_FAILED"


@conformance("simplifies", "RDS")
def test_no_cooldown(cloud: Cloud) -> None:
    """Storage may change again as soon as it is no longer optimized; on AWS six hours must pass."""
    cloud.create("one", {"D": database(20)})
    assert [cloud.update("one", {"D": database(size)}) for size in (40, 60)] == ["UPDATE_COMPLETE"] * 2


@conformance("emulates", "Volumes")
def test_volume_modifications(cloud: Cloud) -> None:
    """A volume that was modified is optimized for a while (knob `optimize_delay`), as DescribeVolumesModifications shows."""
    ec2 = cloud.client("ec2")
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=10)["VolumeId"]
    cloud.knobs.set({"optimize_delay": 3600})
    ec2.modify_volume(VolumeId=volume, Size=20)
    filters = [{"Name": "volume-id", "Values": [volume]}]
    [found] = ec2.describe_volumes_modifications(Filters=filters)["VolumesModifications"]
    assert (found["ModificationState"], found["TargetSize"]) == ("optimizing", 20)
    cloud.knobs.set({"optimize_delay": 0})
    [found] = ec2.describe_volumes_modifications(Filters=filters)["VolumesModifications"]
    assert found["ModificationState"] == "completed"


@conformance("emulates", "ElastiCache")
def test_members(cloud: Cloud) -> None:
    """DescribeCacheClusters shows the nodes of a group with the version of its engine, as only it does."""
    elasticache = cloud.client("elasticache")
    asked = {"Engine": "redis", "EngineVersion": "7.1", "NumCacheClusters": 2, "AutomaticFailoverEnabled": True}
    group = elasticache.create_replication_group(
        ReplicationGroupId="cache", ReplicationGroupDescription="cache", **asked
    )["ReplicationGroup"]
    versions = [
        elasticache.describe_cache_clusters(CacheClusterId=name)["CacheClusters"][0]["EngineVersion"]
        for name in group["MemberClusters"]
    ]
    assert versions == ["7.1.0", "7.1.0"]


@conformance("simplifies", "CloudWatch")
def test_free_storage(cloud: Cloud) -> None:
    """Only free storage of databases is measured, 70 %; what PutMetricData writes into AWS/RDS counts instead."""
    cloud.create("one", {"D": database(20)})
    cloudwatch, now = cloud.client("cloudwatch"), datetime.now(UTC)
    dimensions = [{"Name": "DBInstanceIdentifier", "Value": cloud.physical_id("one", "D")}]

    def free() -> list[float]:
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/RDS",
            MetricName="FreeStorageSpace",
            Dimensions=dimensions,
            StartTime=now - timedelta(minutes=30),
            EndTime=now,
            Period=60,
            Statistics=["Minimum"],
        )["Datapoints"]
        return [point["Minimum"] for point in points]

    assert free() == [14 * 1024**3]
    point = {
        "MetricName": "FreeStorageSpace",
        "Dimensions": dimensions,
        "Value": 7,
        "Timestamp": now - timedelta(minutes=2),
    }
    cloudwatch.put_metric_data(Namespace="AWS/RDS", MetricData=[point])
    assert free() == [7]


@conformance("emulates", "Volumes")
def test_default_key(cloud: Cloud) -> None:
    """The key of volumes that name none is AWS's own until another is set."""
    ec2, key = cloud.client("ec2"), cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == key


@conformance("emulates", "Backup")
def test_copies(cloud: Cloud) -> None:
    """A copy leaves a recovery point of the same resource in another vault; without that vault its job has failed."""
    backup, volume = cloud.client("backup"), "arn:aws:ec2:us-east-1:111122223333:volume/vol-0123456789abcdef0"
    for name in ("here", "there"):
        backup.create_backup_vault(BackupVaultName=name)
    made = backup.start_backup_job(BackupVaultName="here", ResourceArn=volume, IamRoleArn="arn:aws:iam::1:role/r")
    for name in ("there", "nowhere"):
        backup.start_copy_job(
            RecoveryPointArn=made["RecoveryPointArn"],
            SourceBackupVaultName="here",
            DestinationBackupVaultArn=f"arn:aws:backup:us-east-1:111122223333:backup-vault:{name}",
            IamRoleArn="arn:aws:iam::1:role/r",
        )
    [point] = backup.list_recovery_points_by_backup_vault(BackupVaultName="there")["RecoveryPoints"]
    states = [job["State"] for job in backup.list_copy_jobs(ByResourceArn=volume)["CopyJobs"]]
    assert (point["ResourceArn"], states) == (volume, ["FAILED", "COMPLETED"])


@conformance("simplifies", "Backup")
def test_plans_run_by_hand(cloud: Cloud) -> None:
    """No schedule is kept: backups and copies are those that somebody starts, complete at once (knob `event_age`)."""
    backup, volume = cloud.client("backup"), "arn:aws:ec2:us-east-1:111122223333:volume/vol-0123456789abcdef1"
    backup.create_backup_vault(BackupVaultName="by-hand")
    cloud.knobs.set({"event_age": 3600})
    job = backup.start_backup_job(BackupVaultName="by-hand", ResourceArn=volume, IamRoleArn="arn:aws:iam::1:role/r")
    found = backup.describe_backup_job(BackupJobId=job["BackupJobId"])
    assert found["State"] == "COMPLETED"
    assert datetime.now(UTC) - found["CreationDate"] > timedelta(minutes=59)  # told to the millisecond, rounded
