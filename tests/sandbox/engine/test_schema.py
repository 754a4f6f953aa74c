"""What the schemas say of a few types whose documentation says the same."""

import pytest

from sandbox.engine.schema import Recreation, recreation, schema


def test_a_database() -> None:
    found = schema("AWS::RDS::DBInstance")
    assert found is not None
    assert "AllocatedStorage" in found.properties
    assert "/DBInstanceIdentifier" in found.create_only
    assert "/BackupRetentionPeriod" in found.conditional_create_only
    assert "/MasterUserPassword" in found.write_only
    assert "/Endpoint/Address" in found.read_only
    assert found.primary_identifier == ("/DBInstanceIdentifier",)
    assert found.tag_property == "Tags"
    assert "rds:ModifyDBInstance" in found.handlers["update"]


@pytest.mark.parametrize(
    ("resource_type", "tag_property"),
    [
        ("AWS::S3::Bucket", "Tags"),
        ("AWS::Backup::BackupVault", "BackupVaultTags"),
        ("AWS::SSM::Parameter", "Tags"),
        ("AWS::EC2::LaunchTemplate", None),
        ("AWS::SNS::TopicPolicy", None),
        ("AWS::IAM::InstanceProfile", None),
    ],
)
def test_where_tags_stand(resource_type: str, tag_property: str | None) -> None:
    found = schema(resource_type)
    assert found is not None
    assert found.tag_property == tag_property


@pytest.mark.parametrize("resource_type", ["Acme::No::Such", "AWS::Nothing::Here", "", "nonsense"])
def test_an_unknown_type_has_no_schema(resource_type: str) -> None:
    assert schema(resource_type) is None


def test_a_custom_resource_has_the_schema_of_all_custom_resources() -> None:
    found = schema("Custom::Mine")
    assert found is not None
    assert found.create_only == {"/ServiceToken"}


@pytest.mark.parametrize(
    ("resource_type", "path", "expected"),
    [
        ("AWS::RDS::DBInstance", "/Properties/DBInstanceIdentifier", "Always"),
        ("AWS::RDS::DBInstance", "/Properties/BackupRetentionPeriod", "Conditionally"),
        ("AWS::RDS::DBInstance", "/Properties/AllocatedStorage", "Never"),
        ("AWS::Batch::ComputeEnvironment", "/Properties/ComputeResources/LaunchTemplate/Version", "Conditionally"),
        ("AWS::Batch::ComputeEnvironment", "/Properties/ComputeResources/MaxvCpus", "Never"),
        ("AWS::Batch::ComputeEnvironment", "/Properties/ComputeResources", "Always"),
        ("AWS::Batch::ComputeEnvironment", "/Properties/Tags/owner", "Always"),
        ("AWS::EC2::Instance", "/Properties/NetworkInterfaces/0/SubnetId", "Always"),
        ("AWS::S3::Bucket", "/Properties/BucketName", "Always"),
        ("AWS::S3::Bucket", "/Properties/BucketNames", "Never"),
        ("Acme::No::Such", "/Properties/Anything", "Never"),
    ],
)
def test_recreation(resource_type: str, path: str, expected: Recreation) -> None:
    assert recreation(resource_type, path) == expected
