"""What the sandbox does not know is an AWS-shaped error that names it, never an empty answer."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.outside import Outside

UNKNOWN: list[tuple[str, str, dict[str, Any], str]] = [
    ("rds", "describe_reserved_db_instances", {}, "rds DescribeReservedDBInstances"),
    ("ec2", "describe_fpga_images", {}, "ec2 DescribeFpgaImages"),
    ("ssm", "list_nodes", {}, "ssm ListNodes"),
    ("cloudwatch", "describe_alarm_contributors", {"AlarmName": "a"}, "monitoring DescribeAlarmContributors"),
    ("batch", "describe_service_environments", {}, "batch DescribeServiceEnvironments"),
    ("efs", "describe_account_preferences", {}, "elasticfilesystem DescribeAccountPreferences"),
    ("cloudformation", "list_types", {}, "cloudformation ListTypes"),
    ("s3", "get_bucket_metadata_configuration", {"Bucket": "a-bucket"}, "s3 GetBucketMetadataConfiguration"),
    ("s3", "delete_bucket_inventory_configuration", {"Bucket": "a-bucket", "Id": "1"}, "s3 DeleteBucketInventory"),
    ("s3", "get_object_retention", {"Bucket": "a-bucket", "Key": "k"}, "s3 GetObjectRetention"),
    ("health", "describe_events", {}, "health DescribeEvents"),
    ("freetier", "get_free_tier_usage", {}, "freetier GetFreeTierUsage"),
]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "named"), UNKNOWN, ids=[f"{u[0]}-{u[1]}" for u in UNKNOWN]
)
def test_an_unknown_operation(
    aws: Outside, service: str, operation: str, parameters: dict[str, Any], named: str
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(aws.client(service), operation)(**parameters)

    assert caught.value.response["Error"]["Code"] == "NotImplemented"
    assert f"The sandbox does not know {named}" in caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_a_service_moto_finds_by_its_module_is_known(aws: Outside) -> None:
    assert aws.client("dynamodb").list_tables()["TableNames"] == []


def test_an_object_that_is_a_web_page_stays_one(aws: Outside) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="pages-bucket")
    s3.put_object(Bucket="pages-bucket", Key="page", Body=b"<!doctype html><title>404 Not Found</title>")

    assert s3.get_object(Bucket="pages-bucket", Key="page")["Body"].read().startswith(b"<!doctype html>")


def test_an_error_of_a_service_stays_its_own(aws: Outside) -> None:
    with pytest.raises(ClientError) as caught:
        aws.client("rds").describe_db_instances(DBInstanceIdentifier="none")

    assert caught.value.response["Error"]["Code"] == "DBInstanceNotFound"
