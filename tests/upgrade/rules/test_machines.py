"""What launches machines, of which types and where, however a template says it."""

from typing import Any

import pytest

from tests.builders import REGION, template
from upgrade.facts.stack import Resource
from upgrade.rules.machines import Launcher, launchers
from upgrade.rules.quotas import vcpu_quota

SOURCE = {"LaunchTemplateId": {"Ref": "Template"}, "Version": 1}
LIVE = (Resource("Private", "subnet-1", "AWS::EC2::Subnet", "UPDATE_COMPLETE"),)


def launched(type_: str, properties: dict[str, Any], **parameters: str) -> Launcher | None:
    made = template(
        Parameters={"pType": {"Type": "String", "Default": "m7i.large"}, "pSubnet": {"Type": "AWS::EC2::Subnet::Id"}},
        Conditions={"cNo": {"Fn::Equals": [1, 2]}},
        Resources={
            "Template": {
                "Type": "AWS::EC2::LaunchTemplate",
                "Properties": {"LaunchTemplateData": {"InstanceType": {"Ref": "pType"}}},
            },
            "Private": {"Type": "AWS::EC2::Subnet"},
            "X": {"Type": type_, "Properties": properties},
            "Off": {"Type": type_, "Properties": properties, "Condition": "cNo"},
        },
    )
    found = launchers(made, parameters, REGION, LIVE)
    assert "Off" not in found
    return found.get("X")


@pytest.mark.parametrize("type_", ["m7i.large", "m7i.xlarge"])
def test_a_group_and_its_launch_template(type_: str) -> None:
    subnets = [
        {"Fn::If": ["cNo", {"Ref": "pSubnet"}, {"Ref": "Private"}]},
        {"Ref": "pSubnet"},
        {"Fn::ImportValue": "x"},
    ]
    properties = {"LaunchTemplate": SOURCE, "MinSize": "0", "DesiredCapacity": "2", "VPCZoneIdentifier": subnets}
    found = launched("AWS::AutoScaling::AutoScalingGroup", properties, pType=type_, pSubnet="subnet-2")
    assert found == Launcher((type_,), ("subnet-1", "subnet-2"), (), 2)


def test_a_group_of_mixed_types() -> None:
    policy = {"LaunchTemplateSpecification": SOURCE, "Overrides": [{"InstanceType": "g5.xlarge"}]}
    properties = {"MixedInstancesPolicy": {"LaunchTemplate": policy}, "MinSize": 1, "AvailabilityZones": ["us-east-1a"]}
    found = launched("AWS::AutoScaling::AutoScalingGroup", properties)
    assert found == Launcher(("g5.xlarge",), (), ("us-east-1a",), 1)


def test_a_mixed_policy_without_overrides() -> None:
    properties = {"MixedInstancesPolicy": {"LaunchTemplate": {"LaunchTemplateSpecification": SOURCE}}, "MinSize": 0}
    assert launched("AWS::AutoScaling::AutoScalingGroup", properties) == Launcher(("m7i.large",), (), (), 0)


def test_a_machine_by_itself() -> None:
    found = launched("AWS::EC2::Instance", {"InstanceType": {"Ref": "pType"}, "SubnetId": {"Ref": "Private"}})
    assert found == Launcher(("m7i.large",), ("subnet-1",), (), 1)


def test_batch_chooses_from_families_itself() -> None:
    resources = {"InstanceTypes": ["c7i", "optimal", "m7i.large"], "Subnets": [{"Ref": "Private"}]}
    found = launched("AWS::Batch::ComputeEnvironment", {"ComputeResources": resources})
    assert found == Launcher(("m7i.large",), ("subnet-1",), (), 0)


def test_anything_else_launches_nothing() -> None:
    assert launched("AWS::SNS::Topic", {}) is None


@pytest.mark.parametrize(
    ("type_", "code"),
    [
        ("m7i.large", "L-1216C47A"),
        ("r5d.4xlarge", "L-1216C47A"),
        ("is4gen.large", "L-1216C47A"),
        ("inf2.xlarge", "L-1945791B"),
        ("p3.2xlarge", "L-417A185B"),
        ("g5.xlarge", "L-DB2E81BA"),
        ("u-6tb1.metal", "L-43DA4232"),
        ("mac1.metal", ""),
        ("", ""),
    ],
)
def test_quotas(type_: str, code: str) -> None:
    assert vcpu_quota(type_) == code
