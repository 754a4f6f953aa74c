"""What schemas say of types, read from the files cfn-lint ships."""

import subprocess
import sys

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from upgrade.template import schema as module

TYPES = sorted(PROVIDER_SCHEMA_MANAGER.get_resource_types(module.REGION))


@pytest.mark.parametrize("resource_type", ["AWS::RDS::DBInstance", "AWS::Serverless::Function", *TYPES[::50]])
def test_it_is_the_schema_that_cfn_lint_uses(resource_type: str) -> None:
    found = module.schema(resource_type)
    assert found
    assert found == PROVIDER_SCHEMA_MANAGER.get_resource_schema(module.REGION, resource_type).schema


def test_every_type_that_cfn_lint_knows_is_known() -> None:
    assert len(TYPES) > 1000
    assert set(TYPES) == set(module._digests())  # all of them, without reading a thousand files


@pytest.mark.parametrize("resource_type", ["AWS::Nothing::Here", "Custom::Own", "AWS::CloudFormation::CustomResource"])
def test_a_type_that_aws_does_not_describe_has_none(resource_type: str) -> None:
    assert module.schema(resource_type) is None


def test_reading_them_does_not_load_cfn_lint() -> None:
    """Which would cost every gate a second and 60 MiB."""
    code = (
        "import sys; from upgrade.template.schema import schema; assert schema('AWS::SNS::Topic'); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"cfnlint", "sympy", "networkx"} & set(loaded)


@pytest.mark.parametrize(
    ("resource_type", "path", "recreated"),
    [
        ("AWS::RDS::DBInstance", "/Properties/DBInstanceIdentifier", "Always"),
        ("AWS::RDS::DBInstance", "/Properties/AllocatedStorage", "Never"),
        ("AWS::Nothing::Here", "/Properties/A", "Conditionally"),
        ("Custom::Own", "/Properties/ServiceToken", "Always"),
        ("Custom::Own", "/Properties/A", "Never"),
    ],
)
def test_what_a_change_at_a_path_does(resource_type: str, path: str, recreated: str) -> None:
    assert module.recreation(resource_type, path) == recreated
