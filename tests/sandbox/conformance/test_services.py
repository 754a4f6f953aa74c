"""Services beside CloudFormation, where a gate reads them and moto alone would mislead it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, parameter
from tests.sandbox.outside import refused

IMAGE = "ami-0d94e17b3c5a80f26"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def launch_template(image: str) -> dict[str, Any]:
    data = {"ImageId": image, "InstanceType": "m5.large"}
    return {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": data}}


def group(desired: int = 1) -> dict[str, Any]:
    return {
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "UpdatePolicy": {"AutoScalingRollingUpdate": {"WaitOnResourceSignals": False}},
        "Properties": {
            "MinSize": str(desired),
            "MaxSize": "2",
            "AvailabilityZones": ["us-east-1a"],
            "LaunchTemplate": {
                "LaunchTemplateId": {"Ref": "T"},
                "Version": {"Fn::GetAtt": ["T", "LatestVersionNumber"]},
            },
        },
    }


def database(storage: int) -> dict[str, Any]:
    properties = {
        "AllocatedStorage": str(storage),
        "DBInstanceClass": "db.t3.medium",
        "Engine": "postgres",
        "MasterUsername": "me",
        "MasterUserPassword": "not-a-secret",
    }
    return {"Type": "AWS::RDS::DBInstance", "Properties": properties}


def told(cloud: Cloud, name: str) -> list[str]:
    found = cloud.client("rds").describe_events(SourceIdentifier=name, SourceType="db-instance", Duration=360)["Events"]
    return [event["Message"] for event in found if "storage" in event["Message"]]


@conformance("emulates", "Images")
def test_shared_images(cloud: Cloud) -> None:
    """DescribeImages shows what others share in the region (knob `images`); any other id is an error for all of them."""
    cloud.knobs.set({"images": {IMAGE: {"region": "us-east-1"}}})
    ec2 = cloud.client("ec2")
    assert [image["State"] for image in ec2.describe_images(ImageIds=[IMAGE])["Images"]] == ["available"]
    unknown = IMAGE.replace("0d", "ff")
    assert refused(ec2.describe_images, ImageIds=[IMAGE, unknown]) == (
        "InvalidAMIID.NotFound",
        f"The image id '[{unknown}]' does not exist",
    )


@conformance("emulates", "Images")
def test_encrypted_images(cloud: Cloud) -> None:
    """A shared image's snapshot names the key of its owner, and DescribeKey answers for that key by its ARN."""
    key = "arn:aws:kms:us-east-1:524950183868:key/5d1c4a3e-7b0f-4e0a-9f63-2c8d9b1e7a40"
    cloud.knobs.set({"images": {IMAGE: {"kms_key": key, "key_state": "Disabled"}}})
    [image] = cloud.client("ec2").describe_images(ImageIds=[IMAGE])["Images"]
    snapshot = image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    [found] = cloud.client("ec2").describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert (found["Encrypted"], found["KmsKeyId"]) == (True, key)
    assert cloud.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"


@conformance("emulates", "Images")
def test_a_withdrawn_image_fails_the_update(cloud: Cloud) -> None:
    """A group that is given a withdrawn image fails in Auto Scaling's words, and the update is rolled back."""
    cloud.create("one", {"T": launch_template("ami-12c6146b"), "G": group()})
    cloud.knobs.set({"images": {IMAGE: {"shared": False}}})
    assert cloud.update("one", {"T": launch_template(IMAGE), "G": group()}) == "UPDATE_ROLLBACK_COMPLETE"
    [reason] = [
        event["ResourceStatusReason"] for event in cloud.events("one") if IMAGE in event.get("ResourceStatusReason", "")
    ]
    assert (
        f"valid fully-formed launch template. The image id '[{IMAGE}]' does not exist (Service: AutoScaling," in reason
    )


@conformance("emulates", "Batch")
def test_jobs(cloud: Cloud) -> None:
    """A job is active until it is ended (knob `jobs`); ListJobs has pages and one status, RUNNING if none is asked for."""
    environment = {"Type": "AWS::Batch::ComputeEnvironment", "Properties": {"Type": "UNMANAGED"}}
    order = [{"Order": 1, "ComputeEnvironment": {"Ref": "E"}}]
    queue = {"Type": "AWS::Batch::JobQueue", "Properties": {"Priority": 1, "ComputeEnvironmentOrder": order}}
    cloud.create("one", {"E": environment, "Q": queue})
    batch, arn = cloud.client("batch"), cloud.physical_id("one", "Q")
    container = {"image": "busybox", "vcpus": 1, "memory": 128}
    batch.register_job_definition(jobDefinitionName="job", type="container", containerProperties=container)
    jobs = [batch.submit_job(jobName="job", jobQueue=arn, jobDefinition="job")["jobId"] for _ in range(3)]
    cloud.knobs.set({"page": 1, "jobs": {jobs[0]: "RUNNABLE"}})
    pages = batch.get_paginator("list_jobs").paginate(jobQueue=arn)
    assert [[row["jobId"] for row in page["jobSummaryList"]] for page in pages] == [[job] for job in jobs[1:]]
    waiting = batch.list_jobs(jobQueue=arn, jobStatus="RUNNABLE")["jobSummaryList"]
    assert [row["jobId"] for row in waiting] == jobs[:1]
    batch.cancel_job(jobId=jobs[0], reason="upgrade")
    assert batch.list_jobs(jobQueue=arn, jobStatus="RUNNABLE")["jobSummaryList"] == []


@conformance("emulates", "Batch")
def test_invalid_environments(cloud: Cloud) -> None:
    """A compute environment or queue is VALID, or what knob `batch` says, with its reason."""
    cloud.create("one", {"E": {"Type": "AWS::Batch::ComputeEnvironment", "Properties": {"Type": "UNMANAGED"}}})
    batch, arn = cloud.client("batch"), cloud.physical_id("one", "E")
    cloud.knobs.set({"batch": {arn: {"status": "INVALID", "statusReason": "CLIENT_ERROR - no such role"}}})
    [found] = batch.describe_compute_environments(computeEnvironments=[arn])["computeEnvironments"]
    assert (found["status"], found["statusReason"]) == ("INVALID", "CLIENT_ERROR - no such role")


@conformance("emulates", "Auto Scaling")
def test_suspended_processes(cloud: Cloud) -> None:
    """DescribeAutoScalingGroups shows the processes that SuspendProcesses stopped."""
    cloud.create("one", {"T": launch_template("ami-12c6146b"), "G": group(0)})
    autoscaling, name = cloud.client("autoscaling"), cloud.physical_id("one", "G")
    autoscaling.suspend_processes(AutoScalingGroupName=name, ScalingProcesses=["Launch"])
    [found] = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    assert [row["ProcessName"] for row in found["SuspendedProcesses"]] == ["Launch"]


@conformance("simplifies", "Auto Scaling")
def test_instance_refresh(cloud: Cloud) -> None:
    """An instance refresh is in progress for a while (knob `refresh_delay`) or until it is cancelled; it replaces nothing."""
    cloud.create("one", {"T": launch_template("ami-12c6146b"), "G": group(0)})
    autoscaling, name = cloud.client("autoscaling"), cloud.physical_id("one", "G")
    cloud.knobs.set({"refresh_delay": 3600})
    made = autoscaling.start_instance_refresh(AutoScalingGroupName=name)["InstanceRefreshId"]
    code, _ = refused(autoscaling.start_instance_refresh, AutoScalingGroupName=name)
    [row] = autoscaling.describe_instance_refreshes(AutoScalingGroupName=name)["InstanceRefreshes"]
    assert (row["InstanceRefreshId"], row["Status"], code) == (made, "InProgress", "InstanceRefreshInProgress")
    autoscaling.cancel_instance_refresh(AutoScalingGroupName=name)
    [row] = autoscaling.describe_instance_refreshes(AutoScalingGroupName=name)["InstanceRefreshes"]
    assert row["Status"] == "Cancelled"


@conformance("emulates", "Auto Scaling")
def test_warm_pool(cloud: Cloud) -> None:
    """What waits in a warm pool is stopped, is shown by DescribeWarmPool only, and comes into service first."""
    cloud.create("one", {"T": launch_template("ami-12c6146b"), "G": group(0)})
    autoscaling, name = cloud.client("autoscaling"), cloud.physical_id("one", "G")
    autoscaling.put_warm_pool(AutoScalingGroupName=name, MinSize=1, MaxGroupPreparedCapacity=1)
    [found] = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    [warm] = autoscaling.describe_warm_pool(AutoScalingGroupName=name)["Instances"]
    assert (found["Instances"], found["WarmPoolSize"], warm["LifecycleState"]) == ([], 1, "Warmed:Stopped")
    autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=1)
    [found] = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    assert [(row["InstanceId"], row["LifecycleState"]) for row in found["Instances"]] == [
        (warm["InstanceId"], "InService")
    ]


@conformance("emulates", "Auto Scaling")
def test_terminating(cloud: Cloud) -> None:
    """What goes is Terminating in its group and shutting-down in EC2 for a while (knob `terminate_delay`)."""
    cloud.create("one", {"T": launch_template("ami-12c6146b"), "G": group(1)})
    autoscaling, name = cloud.client("autoscaling"), cloud.physical_id("one", "G")
    cloud.knobs.set({"terminate_delay": 3600})
    autoscaling.update_auto_scaling_group(AutoScalingGroupName=name, MinSize=0, DesiredCapacity=0)
    [found] = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    [row] = found["Instances"]
    [reservation] = cloud.client("ec2").describe_instances(InstanceIds=[row["InstanceId"]])["Reservations"]
    assert (row["LifecycleState"], reservation["Instances"][0]["State"]["Name"]) == ("Terminating", "shutting-down")


@conformance("simplifies", "Auto Scaling")
def test_a_deleted_group_is_gone(cloud: Cloud) -> None:
    """A group that is deleted is gone at once, whatever its instances still do."""
    cloud.create("one", {"P": parameter(), "T": launch_template("ami-12c6146b"), "G": group(1)})
    autoscaling, name = cloud.client("autoscaling"), cloud.physical_id("one", "G")
    cloud.knobs.set({"terminate_delay": 3600})
    assert cloud.update("one", {"P": parameter()}) == "UPDATE_COMPLETE"
    assert autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"] == []


@conformance("emulates", "Instances")
def test_instances(cloud: Cloud) -> None:
    """DescribeInstances finds by tag and state, in pages that stay where they are while instances come and go."""
    ec2 = cloud.client("ec2")
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "dedicated"}]}]
    made = [
        ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=tags)["Instances"][0]
        for _ in range(3)
    ]
    ids = [instance["InstanceId"] for instance in made]
    cloud.knobs.set({"page": 1})
    filters = [{"Name": "tag:Name", "Values": ["dedicated"]}, {"Name": "instance-state-name", "Values": ["running"]}]
    first = ec2.describe_instances(Filters=filters)
    ec2.terminate_instances(InstanceIds=ids[:1])
    second = ec2.describe_instances(Filters=filters, NextToken=first["NextToken"])
    shown = [answer["Reservations"][0]["Instances"][0]["InstanceId"] for answer in (first, second)]
    assert shown == ids[:2]


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


@conformance("emulates", "IAM")
def test_trust(cloud: Cloud) -> None:
    """GetRole shows whom a role trusts, whether CloudFormation made it or somebody else."""
    iam = cloud.client("iam")
    cloud.create("one", {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}})
    role = iam.get_role(RoleName=cloud.physical_id("one", "R"))["Role"]
    assert role["AssumeRolePolicyDocument"] == TRUST


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


@conformance("emulates", "IAM")
def test_policies_of_who_calls(cloud: Cloud) -> None:
    """With the knob `enforce` every call must be allowed by the policies of the user or role that signs it."""
    iam, statement = cloud.client("iam"), {"Effect": "Allow", "Action": "rds:Describe*", "Resource": "*"}
    iam.create_user(UserName="reader")
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="reader", PolicyName="reads", PolicyDocument=document)
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    reader = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    cloud.knobs.set({"enforce": True})

    reader.client("rds", endpoint_url=cloud.url).describe_db_instances()
    code, _ = refused(reader.client("batch", endpoint_url=cloud.url).describe_job_queues)
    assert code == "AccessDeniedException"
    cloud.client("batch").describe_job_queues()


@conformance("simplifies", "IAM")
def test_resources_of_calls(cloud: Cloud) -> None:
    """Enforced policies know of resources only objects in S3 and roles that are passed; all else is asked for on `*`."""
    iam, database = cloud.client("iam"), "arn:aws:rds:*:*:db:one"
    iam.create_user(UserName="narrow")
    statement = {"Effect": "Allow", "Action": "rds:Describe*", "Resource": database}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="narrow", PolicyName="reads", PolicyDocument=document)
    key = iam.create_access_key(UserName="narrow")["AccessKey"]
    cloud.knobs.set({"enforce": True})
    narrow = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")

    assert refused(narrow.client("rds", endpoint_url=cloud.url).describe_db_instances)[0] == "AccessDenied"


@conformance("emulates", "Alarms")
def test_alarms_are_what_somebody_sets_them_to(cloud: Cloud) -> None:
    """An alarm is OK until SetAlarmState says otherwise, and an update of the stack keeps its state; no metric is evaluated."""
    alarm: dict[str, Any] = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "AWS/EC2",
            "MetricName": "CPUUtilization",
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 70,
            "ComparisonOperator": "GreaterThanThreshold",
        },
    }
    cloud.create("one", {"A": alarm})
    cloudwatch = cloud.client("cloudwatch")
    name = cloud.physical_id("one", "A")

    def state() -> str:
        return str(cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"])

    assert state() == "OK"
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="too hot")
    cloud.update("one", {"A": {**alarm, "Properties": {**alarm["Properties"], "Threshold": 80}}})
    assert state() == "ALARM"


@conformance("simplifies", "Certificates")
def test_certificates_are_issued_at_once(cloud: Cloud) -> None:
    """A certificate is issued when it is requested, however it is validated, and ends a year later."""
    arn = cloud.client("acm").request_certificate(DomainName="a.example.com", ValidationMethod="EMAIL")[
        "CertificateArn"
    ]
    found = cloud.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    assert found["Status"] == "ISSUED"
    assert 364 <= (found["NotAfter"] - found["NotBefore"]).days <= 366


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


@conformance("emulates", "S3")
def test_put_object_if_none_match(cloud: Cloud) -> None:
    """PutObject with `If-None-Match: *` never writes over an object: PreconditionFailed."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="kept-as-it-is")
    put = {"Bucket": "kept-as-it-is", "Key": "name", "IfNoneMatch": "*"}
    s3.put_object(**put, Body=b"first")
    code, _ = refused(s3.put_object, **put, Body=b"second")
    assert code == "PreconditionFailed"
    assert s3.get_object(Bucket="kept-as-it-is", Key="name")["Body"].read() == b"first"
