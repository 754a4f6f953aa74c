from collections.abc import Callable

from tests.sandbox.scenarios.told import Told


def test_archived(told: Callable[[str], Told]) -> None:
    world = told("archived")
    bucket, _, prefix = world.demo["evidence"]["archive"].removeprefix("s3://").partition("/")

    assert prefix
    assert world.aws.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0
