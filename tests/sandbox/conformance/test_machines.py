"""Images, Batch and machines, where a gate reads them and moto alone would mislead it."""

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, parameter
from tests.sandbox.conformance.groups import IMAGE, group, launch_template
from tests.sandbox.outside import refused


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
