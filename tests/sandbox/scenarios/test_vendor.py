from collections.abc import Callable

import pytest

from tests.sandbox.scenarios.told import BUCKET, Told


@pytest.mark.vendor
@pytest.mark.parametrize(("name", "resources"), [("vendor", 230), ("vendor-internal", 190)])
def test_vendor(told: Callable[[str], Told], name: str, resources: int) -> None:
    world = told(name)
    rows = world.aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName="codeocean")
    published = world.aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="templates/v3.8.2/")["Contents"]

    assert world.version() == "v3.7.0"
    assert world.demo["target"] == "v3.8.2"
    assert sum(len(page["StackResourceSummaries"]) for page in rows) >= resources
    assert len(published) == 2
    found = world.aws.client("ec2").describe_images(ImageIds=world.images())["Images"]
    assert [image["State"] for image in found] == ["available"] * 2
    assert world.acknowledged() == ("v3.7.0", "v3.8.2")
    assert ("backup" in world.demo) is (name == "vendor-internal")
    assert (world.parameters()["pDeploymentType"] == "internal") is (name == "vendor-internal")
