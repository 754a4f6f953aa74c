"""Resources of a few words, and what CloudFormation tells of them."""

from typing import Any

from tests.sandbox.conformance.cloud import Cloud

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
