"""Groups show who is in service, who is going and who waits in the warm pool."""

from typing import Any
from uuid import uuid4

import pytest

from tests.sandbox.outside import Outside, refused
from tests.sandbox.services.test_images import IMAGE

WORKER = [{"Key": "component", "Value": "workers", "PropagateAtLaunch": True}]


class Workers:
    """A group over HTTP."""

    def __init__(self, http: Outside, **values: Any) -> None:
        self.name = f"workers-{uuid4()}"
        self.aws, self.ec2 = http.client("autoscaling"), http.client("ec2")
        data = {"ImageId": "ami-12c6146b", "InstanceType": "m5.large"}
        self.ec2.create_launch_template(LaunchTemplateName=self.name, LaunchTemplateData=data)
        wanted = {"MinSize": 0, "MaxSize": 10, "AvailabilityZones": ["us-east-1a"], "Tags": WORKER, **values}
        self.aws.create_auto_scaling_group(AutoScalingGroupName=self.name, LaunchTemplate=self.template(), **wanted)

    def template(self, version: str = "$Latest") -> dict[str, str]:
        return {"LaunchTemplateName": self.name, "Version": version}

    def version(self, image: str) -> None:
        data = {"ImageId": image, "InstanceType": "m5.large"}
        self.ec2.create_launch_template_version(LaunchTemplateName=self.name, LaunchTemplateData=data)

    def want(self, capacity: int) -> None:
        self.aws.set_desired_capacity(AutoScalingGroupName=self.name, DesiredCapacity=capacity)

    def pool(self, **values: Any) -> None:
        self.aws.put_warm_pool(AutoScalingGroupName=self.name, **values)

    def group(self) -> dict[str, Any]:
        [found] = self.aws.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])["AutoScalingGroups"]
        return dict(found)

    def states(self) -> list[str]:
        return [row["LifecycleState"] for row in self.group()["Instances"]]

    def warm(self, **values: Any) -> list[dict[str, Any]]:
        answer = self.aws.describe_warm_pool(AutoScalingGroupName=self.name, **values)
        return [dict(row) for row in answer["Instances"]]

    def instances(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        ids = [row["InstanceId"] for row in rows]
        found = self.ec2.describe_instances(InstanceIds=ids)["Reservations"]
        return [instance for reservation in found for instance in reservation["Instances"]]


@pytest.fixture
def workers(http: Outside) -> Workers:
    return Workers(http)


def test_no_such_group_is_an_empty_list(http: Outside) -> None:
    found = http.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=["none"])
    assert found["AutoScalingGroups"] == []


@pytest.mark.parametrize("call", ["describe_warm_pool", "delete_warm_pool", "put_warm_pool"])
def test_no_such_group_has_no_pool(http: Outside, call: str) -> None:
    code, message = refused(getattr(http.client("autoscaling"), call), AutoScalingGroupName="none")
    assert code == "ValidationError"
    assert "AutoScalingGroup 'none' not found" in message


def test_in_service_with_tags_and_what_they_were_launched_from(workers: Workers) -> None:
    assert workers.group()["Instances"] == []
    workers.want(2)
    group = workers.group()
    assert [row["LifecycleState"] for row in group["Instances"]] == ["InService"] * 2
    assert [(tag["Key"], tag["Value"], tag["PropagateAtLaunch"]) for tag in group["Tags"]] == [
        ("component", "workers", True)
    ]
    tags = {tag["Key"]: tag["Value"] for tag in workers.instances(group["Instances"])[0]["Tags"]}
    assert (tags["component"], tags["aws:autoscaling:groupName"]) == ("workers", workers.name)
    assert "WarmPoolConfiguration" not in group
    assert "WarmPoolSize" not in group


def test_an_instance_keeps_the_version_it_was_launched_from(workers: Workers) -> None:
    workers.want(1)
    workers.version("ami-03cf127a")
    workers.want(2)
    found = {row["LaunchTemplate"]["Version"]: row for row in workers.group()["Instances"]}
    images = {version: workers.instances([row])[0]["ImageId"] for version, row in found.items()}
    assert images == {"1": "ami-12c6146b", "2": "ami-03cf127a"}
    tags = {tag["Key"]: tag["Value"] for tag in workers.instances([found["2"]])[0]["Tags"]}
    assert tags["aws:ec2launchtemplate:version"] == "2"


@pytest.mark.parametrize(("capacity", "words"), [(11, "11 is above max value 10"), (0, "0 is below min value 1")])
def test_a_capacity_is_within_bounds(http: Outside, capacity: int, words: str) -> None:
    workers = Workers(http, MinSize=1)
    code, message = refused(
        workers.aws.set_desired_capacity, AutoScalingGroupName=workers.name, DesiredCapacity=capacity
    )
    assert code == "ValidationError"
    assert words in message
    assert workers.states() == ["InService"]


def test_who_goes_is_terminating_for_a_while(http: Outside, workers: Workers) -> None:
    workers.want(2)
    http.set(terminate_delay=3600)
    workers.want(0)
    rows = workers.group()["Instances"]
    assert [row["LifecycleState"] for row in rows] == ["Terminating"] * 2
    assert {instance["State"]["Name"] for instance in workers.instances(rows)} == {"shutting-down"}
    assert workers.group()["DesiredCapacity"] == 0
    http.set(terminate_delay=0)
    assert workers.states() == []
    assert {instance["State"]["Name"] for instance in workers.instances(rows)} == {"terminated"}


def test_who_is_terminated_by_hand_is_replaced(http: Outside, workers: Workers) -> None:
    workers.want(1)
    http.set(terminate_delay=3600)
    workers.ec2.terminate_instances(InstanceIds=[workers.group()["Instances"][0]["InstanceId"]])
    assert sorted(workers.states()) == ["InService", "Terminating"]


def test_who_is_detached_is_not_terminating(http: Outside, workers: Workers) -> None:
    workers.want(1)
    [row] = workers.group()["Instances"]
    http.set(terminate_delay=3600)
    workers.aws.detach_instances(
        AutoScalingGroupName=workers.name, InstanceIds=[row["InstanceId"]], ShouldDecrementDesiredCapacity=True
    )
    assert workers.states() == []
    assert workers.instances([row])[0]["State"]["Name"] == "running"


def test_without_delay_nobody_is_seen_going(workers: Workers) -> None:
    workers.want(1)
    workers.want(0)
    assert workers.states() == []


def test_warm_instances_are_in_the_pool_only(workers: Workers) -> None:
    workers.pool(MinSize=1, MaxGroupPreparedCapacity=1)
    group = workers.group()
    assert (group["Instances"], group["WarmPoolSize"], group["DesiredCapacity"]) == ([], 1, 0)
    assert group["WarmPoolConfiguration"] == {"MinSize": 1, "MaxGroupPreparedCapacity": 1, "PoolState": "Stopped"}
    [row] = workers.warm()
    assert row["LifecycleState"] == "Warmed:Stopped"
    [instance] = workers.instances([row])
    assert instance["State"]["Name"] == "stopped"
    listed = workers.aws.describe_auto_scaling_instances(InstanceIds=[row["InstanceId"]])["AutoScalingInstances"]
    assert [item["LifecycleState"] for item in listed] == ["Warmed:Stopped"]


@pytest.mark.parametrize(
    ("sizes", "desired", "waiting"),
    [
        ({}, 0, 10),
        ({}, 4, 6),
        ({"MinSize": 1}, 10, 1),
        ({"MaxGroupPreparedCapacity": 3}, 1, 2),
        ({"MaxGroupPreparedCapacity": 0, "MinSize": 0}, 0, 0),
        ({"MaxGroupPreparedCapacity": 0, "MinSize": 2}, 3, 2),
    ],
    ids=str,
)
def test_how_many_wait(workers: Workers, sizes: dict[str, int], desired: int, waiting: int) -> None:
    workers.want(desired)
    workers.pool(**sizes)
    assert (len(workers.warm()), workers.group()["WarmPoolSize"]) == (waiting, waiting)
    assert workers.states() == ["InService"] * desired


def test_a_running_pool(workers: Workers) -> None:
    workers.pool(MinSize=1, MaxGroupPreparedCapacity=0, PoolState="Running")
    [row] = workers.warm()
    assert row["LifecycleState"] == "Warmed:Running"
    assert workers.instances([row])[0]["State"]["Name"] == "running"


def test_who_waits_comes_into_service_first(workers: Workers) -> None:
    workers.pool(MaxGroupPreparedCapacity=2)
    [first, second] = workers.warm()
    workers.want(1)
    [row] = workers.group()["Instances"]
    assert (row["InstanceId"], row["LifecycleState"]) == (first["InstanceId"], "InService")
    assert workers.instances([row])[0]["State"]["Name"] == "running"
    assert [item["InstanceId"] for item in workers.warm()] == [second["InstanceId"]]


def test_a_pool_shrinks_and_goes(http: Outside, workers: Workers) -> None:
    workers.pool(MaxGroupPreparedCapacity=2)
    http.set(terminate_delay=3600)
    workers.pool(MaxGroupPreparedCapacity=1)
    assert [row["LifecycleState"] for row in workers.warm()] == ["Warmed:Stopped", "Warmed:Terminating"]
    assert workers.group()["WarmPoolSize"] == 1
    http.set(terminate_delay=0)
    workers.aws.delete_warm_pool(AutoScalingGroupName=workers.name)
    assert workers.warm() == []
    assert "WarmPoolSize" not in workers.group()


def test_who_is_lost_from_the_pool_is_replaced(workers: Workers) -> None:
    workers.pool(MinSize=1, MaxGroupPreparedCapacity=0)
    [lost] = workers.warm()
    workers.ec2.terminate_instances(InstanceIds=[lost["InstanceId"]])
    [row] = workers.warm()
    assert row["InstanceId"] != lost["InstanceId"]


def test_a_pool_has_pages(http: Outside, workers: Workers) -> None:
    workers.pool(MinSize=3, MaxGroupPreparedCapacity=0)
    everybody = workers.warm()
    http.set(page=2)
    pages = workers.aws.get_paginator("describe_warm_pool").paginate(AutoScalingGroupName=workers.name)
    shown = [[row["InstanceId"] for row in page["Instances"]] for page in pages]
    assert [len(page) for page in shown] == [2, 1]
    assert [row for page in shown for row in page] == [row["InstanceId"] for row in everybody]
    code, _ = refused(workers.aws.describe_warm_pool, AutoScalingGroupName=workers.name, NextToken="x")
    assert code == "InvalidNextToken"


def test_a_deleted_group_takes_everybody_along(http: Outside) -> None:
    workers = Workers(http, NewInstancesProtectedFromScaleIn=True)
    workers.want(1)
    workers.pool(MinSize=1, MaxGroupPreparedCapacity=0)
    rows = [*workers.group()["Instances"], *workers.warm()]
    workers.aws.delete_auto_scaling_group(AutoScalingGroupName=workers.name, ForceDelete=True)
    assert {instance["State"]["Name"] for instance in workers.instances(rows)} == {"terminated"}


# ---- images ----------------------------------------------------------------------------------------------------------

NOT_THERE = (
    "ValidationError",
    f"You must use a valid fully-formed launch template. The image id '[{IMAGE}]' does not exist",
)


def test_a_group_is_not_given_a_withdrawn_image(http: Outside, workers: Workers) -> None:
    workers.want(1)
    before = workers.group()["Instances"]
    workers.version(IMAGE)
    http.set(images={IMAGE: {"shared": False}})
    update = workers.aws.update_auto_scaling_group
    assert (
        refused(update, AutoScalingGroupName=workers.name, LaunchTemplate=workers.template(), MaxSize=20) == NOT_THERE
    )
    assert (workers.group()["Instances"], workers.group()["MaxSize"]) == (before, 10)
    made = {"AutoScalingGroupName": "other", "MinSize": 0, "MaxSize": 1, "AvailabilityZones": ["us-east-1a"]}
    assert refused(workers.aws.create_auto_scaling_group, LaunchTemplate=workers.template(), **made) == NOT_THERE
    policy = {"LaunchTemplate": {"LaunchTemplateSpecification": workers.template()}}
    assert refused(workers.aws.create_auto_scaling_group, MixedInstancesPolicy=policy, **made) == NOT_THERE
    update(AutoScalingGroupName=workers.name, LaunchTemplate=workers.template("1"), MaxSize=20)
    assert workers.group()["MaxSize"] == 20


def test_a_group_whose_image_was_withdrawn_stays_small(http: Outside, workers: Workers) -> None:
    http.set(images={"ami-12c6146b": {"shared": False}})
    workers.want(1)
    assert (workers.group()["DesiredCapacity"], workers.states()) == (1, [])


def test_any_other_refusal_of_ec2_is_told(workers: Workers) -> None:
    data = {"ImageId": "ami-12c6146b", "InstanceType": "m5.large", "SecurityGroupIds": ["sg-00000000000000001"]}
    workers.ec2.create_launch_template_version(LaunchTemplateName=workers.name, LaunchTemplateData=data)
    code, message = refused(workers.aws.set_desired_capacity, AutoScalingGroupName=workers.name, DesiredCapacity=1)
    assert code == "ValidationError"
    assert message.startswith("You must use a valid fully-formed launch template. The security group 'sg-")
