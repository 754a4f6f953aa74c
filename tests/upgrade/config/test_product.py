"""Products say what can't be derived, and everything adds to `generic`."""

import json
from pathlib import Path

import cfnlint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import template
from upgrade.config.product import PRODUCTS, load, parse_version
from upgrade.errors import UsageError

NUMBER = st.integers(min_value=0, max_value=99_999)


@given(st.tuples(NUMBER, NUMBER, NUMBER), st.tuples(NUMBER, NUMBER, NUMBER))
def test_versions_are_ordered_as_numbers(left: tuple[int, int, int], right: tuple[int, int, int]) -> None:
    texts = ["v{}.{}.{}".format(*version) for version in (left, right)]
    parsed = [parse_version(text) for text in texts]
    assert parsed == [left, right]


@pytest.mark.parametrize("text", ["", "v3", "v3.8", "v3.8.2-rc1", "3.8.2.1", "latest", "v3.8.x", " v3.8.2"])
def test_anything_else_is_no_version(text: str) -> None:
    assert parse_version(text) is None


@pytest.mark.parametrize("path", sorted(PRODUCTS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_product_loads(path: Path) -> None:
    product = load(path.stem)
    assert product.title
    assert product.stateful_types >= load("generic").stateful_types


def test_the_products_a_product_names_exist() -> None:
    product = load("codeocean")
    assert load(product.backup_product).addresses
    assert load(product.deploy_role_product).role_name == "CodeOceanLeastPrivilegedDeployRole"


def test_nothing_that_cfn_lint_calls_stateful_is_missing() -> None:
    specification = Path(cfnlint.__file__).parent / "data/AdditionalSpecs/StatefulResources.json"
    known = json.loads(specification.read_text())["ResourceTypes"]
    assert known.keys() - load("generic").stateful_types == set()


def test_a_version_becomes_an_address() -> None:
    wanted = "https://codeocean-vpc.s3.amazonaws.com/templates/v3.8.2/codeocean.template.yaml"
    assert load("codeocean").address("v3.8.2") == wanted
    assert load("generic").address("v3.8.2") is None


def test_the_version_mark_is_read_where_the_product_says() -> None:
    assert load("codeocean").version_of(template("v3.8.2")) == "v3.8.2"
    assert load("codeocean").version_of(template("v1", Metadata={})) is None
    assert load("codeocean").version_of(template("v1", Metadata="text")) is None
    assert load("generic").version_of(template("v3.8.2")) is None


def test_stateful_is_by_type_or_by_the_protected_tag() -> None:
    product = load("codeocean")
    assert product.is_stateful("DB", "AWS::RDS::DBInstance")
    assert product.is_stateful("Nested.DB", "AWS::RDS::DBInstance")
    assert not product.is_stateful("Topic", "AWS::SNS::Topic")
    assert product.is_stateful("Topic", "AWS::SNS::Topic", {"codeocean:protected": "true"})
    assert not load("generic").is_stateful("Topic", "AWS::SNS::Topic", {"codeocean:protected": "true"})


def test_critical_drift_is_by_type_and_property() -> None:
    product = load("codeocean")
    assert product.is_critical("AWS::IAM::Role", "/AssumeRolePolicyDocument")
    assert product.is_critical("AWS::S3::Bucket", "/VersioningConfiguration/Status")
    assert not product.is_critical("AWS::S3::Bucket", "/Tags/0/Value")
    assert not product.is_critical("AWS::SNS::Topic", "/DisplayName")


def test_expected_drift_holds_in_its_versions_only() -> None:
    product, pool = load("codeocean"), "AWS::AutoScaling::WarmPool"
    assert product.expects_drift("WorkersAutoScalingWarmPool", pool, "/MinSize", "v3.8.2")
    assert not product.expects_drift("WorkersAutoScalingWarmPool", pool, "/MinSize", "v3.7.0")
    assert not product.expects_drift("WorkersAutoScalingWarmPool", pool, "/MinSize", None)
    assert product.expects_drift("DB", "AWS::RDS::DBInstance", "/AllocatedStorage", None)
    assert not product.expects_drift("DB", "AWS::RDS::DBInstance", "/MultiAZ", None)
    assert product.expects_drift("DataVolume", "AWS::EC2::Volume", "/Size", "v3.8.2")
    assert not product.expects_drift("OtherVolume", "AWS::EC2::Volume", "/Size", "v3.8.2")


def test_an_unknown_product_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="product 'x' is not known; there are: codeocean, codeocean-backup"):
        load("x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("title = 'x'\ncolour = 'red'", "unknown keys: colour", id="unknown-key"),
        pytest.param("colour = 'red'", "KeyError: 'title'", id="no-title"),
        pytest.param("title =", "can't be read", id="syntax"),
        pytest.param(
            "title='x'\n[[expected_drift]]\nproperty='/A'\nreason='r'\nfrom='3.8'", "'3.8' is no version", id="version"
        ),
    ],
)
def test_a_broken_product_file_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "generic.toml").write_text("title = 'generic'")
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(UsageError, match=said):
        load("mine", tmp_path)
