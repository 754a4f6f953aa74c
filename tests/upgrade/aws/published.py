"""Change sets as AWS itself publishes them, and the template they were made of; only their shapes are kept.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html
"""

from datetime import UTC, datetime
from typing import Any

PARAMETERS = {"Purpose": "testing", "KeyPairName": "MyKeyName", "InstanceType": "t2.micro"}

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Purpose": {"Type": "String", "Default": "testing"},
        "KeyPairName": {"Type": "AWS::EC2::KeyPair::KeyName"},
        "InstanceType": {"Type": "String", "Default": "t2.micro"},
    },
    "Resources": {
        "MyEC2Instance": {
            "Type": "AWS::EC2::Instance",
            "Properties": {
                "KeyName": {"Ref": "KeyPairName"},
                "InstanceType": {"Ref": "InstanceType"},
                "ImageId": "ami-8fcee4e5",
                "Tags": [{"Key": "Purpose", "Value": {"Ref": "Purpose"}}],
            },
        }
    },
}


def answer(name: str, *changes: dict[str, Any], **parameters: str) -> dict[str, Any]:
    """DescribeChangeSet of the change set of this name."""
    values = PARAMETERS | parameters
    return {
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/SampleStack/1a2345b6",
        "StackName": "SampleStack",
        "ChangeSetName": f"SampleChangeSet-{name}",
        "ChangeSetId": f"arn:aws:cloudformation:us-east-1:123456789012:changeSet/SampleChangeSet-{name}/1a2345b6",
        "Status": "CREATE_COMPLETE",
        "CreationTime": datetime(2016, 3, 17, 23, 35, 25, 813000, tzinfo=UTC),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
        "Capabilities": [],
        "NotificationARNs": [],
        "Changes": [{"Type": "Resource", "ResourceChange": change} for change in changes],
    }


def modified(replacement: str, scope: list[str], *details: dict[str, Any]) -> dict[str, Any]:
    """ResourceChange of the instance."""
    return {
        "Action": "Modify",
        "LogicalResourceId": "MyEC2Instance",
        "PhysicalResourceId": "i-1abc23d4",
        "ResourceType": "AWS::EC2::Instance",
        "Replacement": replacement,
        "Scope": scope,
        "Details": list(details),
    }


def detail(evaluation: str, recreation: str, property_: str = "", parameter: str = "") -> dict[str, Any]:
    """ResourceChangeDetail of a property, or of the tags; by a parameter, or direct."""
    place = {"Attribute": "Properties", "Name": property_} if property_ else {"Attribute": "Tags"}
    cause = {"ChangeSource": "ParameterReference", "CausingEntity": parameter}
    return {
        "Evaluation": evaluation,
        "Target": {**place, "RequiresRecreation": recreation},
        **(cause if parameter else {"ChangeSource": "DirectModification"}),
    }


def unmodified(action: str, logical_id: str, type_: str, **more: str) -> dict[str, Any]:
    """ResourceChange of what is added or removed."""
    return {
        "Action": action,
        "LogicalResourceId": logical_id,
        "ResourceType": type_,
        "Scope": [],
        "Details": [],
        **more,
    }


DIRECT = answer("direct", modified("False", ["Tags"], detail("Static", "Never")))
"""A tag was added to the template."""

ONE = answer(
    "one",
    modified("False", ["Tags"], detail("Dynamic", "Never"), detail("Static", "Never", parameter="Purpose")),
    Purpose="production",
)
"""One parameter was changed."""

MULTIPLE = answer(
    "multiple",
    modified(
        "True",
        ["Tags", "Properties"],
        detail("Dynamic", "Always", "KeyName"),
        detail("Dynamic", "Conditionally", "InstanceType"),
        detail("Dynamic", "Never"),
        detail("Static", "Always", "KeyName", "KeyPairName"),
        detail("Static", "Conditionally", "InstanceType", "InstanceType"),
        detail("Static", "Never", parameter="Purpose"),
    ),
    Purpose="production",
    KeyPairName="MyNewKeyName",
    InstanceType="t2.small",
)
"""Every parameter was changed."""

ADD_REMOVE = answer(
    "addremove",
    unmodified("Add", "AutoScalingGroup", "AWS::AutoScaling::AutoScalingGroup"),
    unmodified("Add", "LaunchConfig", "AWS::AutoScaling::LaunchConfiguration"),
    unmodified("Remove", "MyEC2Instance", "AWS::EC2::Instance", PhysicalResourceId="i-1abc23d4"),
)
"""The instance made room for a group."""
