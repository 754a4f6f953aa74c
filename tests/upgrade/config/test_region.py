"""A region's name tells its partition."""

import boto3
import pytest

from upgrade.config.region import partition, url_suffix

REGIONS = ["us-east-1", "eu-central-2", "us-gov-west-1", "cn-north-1", "cn-northwest-1", "eusc-de-east-1"]


@pytest.mark.parametrize("region", REGIONS)
def test_it_is_as_boto3_has_it(region: str) -> None:
    session = boto3.Session()
    assert partition(region) == session.get_partition_for_region(region)
    client = session.client("sns", region_name=region, aws_access_key_id="x", aws_secret_access_key="x")
    assert client.meta.endpoint_url.endswith(f".{region}.{url_suffix(region)}")
