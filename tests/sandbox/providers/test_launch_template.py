"""A launch template gains versions and never drifts."""

from typing import Any

import pytest

from sandbox.providers.base import Gone
from tests.sandbox.providers.resource import Resource, aws


def versions(template: Resource) -> list[dict[str, Any]]:
    return list(
        aws("ec2").describe_launch_template_versions(LaunchTemplateId=template.id)["LaunchTemplateVersions"],
    )


def test_created_as_wanted(template: Resource) -> None:
    [version] = versions(template)
    assert version["LaunchTemplateData"]["ImageId"] == "ami-12c6146b"
    assert version["LaunchTemplateData"]["UserData"] == "ZWNobyBoaQ=="
    assert template.attributes["LatestVersionNumber"] == template.attributes["DefaultVersionNumber"] == "1"
    assert template.drift() == {}
    [found] = aws("ec2").describe_launch_templates(LaunchTemplateIds=[template.id])["LaunchTemplates"]
    assert {"Key": "team", "Value": "research"} in found["Tags"]


def test_update_adds_a_version_and_keeps_the_default(template: Resource) -> None:
    before = template.id
    template.update(
        LaunchTemplateData={**template.request.properties["LaunchTemplateData"], "InstanceType": "m5.xlarge"}
    )
    assert template.id == before
    assert template.attributes["LatestVersionNumber"] == "2"
    assert template.attributes["DefaultVersionNumber"] == "1"
    assert versions(template)[-1]["LaunchTemplateData"]["InstanceType"] == "m5.xlarge"


def test_update_of_tags_alone_adds_no_version(template: Resource) -> None:
    tags = [{"ResourceType": "launch-template", "Tags": [{"Key": "app", "Value": "shop"}]}]
    template.update(TagSpecifications=tags)
    assert template.attributes["LatestVersionNumber"] == "1"
    [found] = aws("ec2").describe_launch_templates(LaunchTemplateIds=[template.id])["LaunchTemplates"]
    assert {"Key": "app", "Value": "shop"} in found["Tags"]


def test_a_version_made_outside_is_no_drift_as_on_aws(template: Resource) -> None:
    aws("ec2").create_launch_template_version(
        LaunchTemplateId=template.id, LaunchTemplateData={"InstanceType": "t3.nano"}
    )
    assert template.drift() == {}


def test_deleted(template: Resource) -> None:
    template.delete()
    with pytest.raises(Gone):
        template.read()
    template.delete()
