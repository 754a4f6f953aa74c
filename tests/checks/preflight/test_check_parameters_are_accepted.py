"""What the target allows, against what it will get: values that stay as they are as well."""

from typing import Any

import pytest

from checks.preflight import check_parameters_are_accepted as module
from tests.builders import body, entry, known, snapshot, stack, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_parameters_are_accepted


def judged(declared: dict[str, Any], value: str) -> tuple[Outcome, tuple[Finding, ...]]:
    """One parameter that keeps its deployed value."""
    before = snapshot(
        stack=known(stack(parameters={"pOne": value})),
        target=known(template("v4.1.0", Parameters={"pOne": {"Type": "String", **declared}})),
        existing=known({"AWS::EC2::Subnet::Id": known({id_: dict[str, str]() for id_ in FOUND})}),
    )
    return says(CHECK, before=before, entry=entry())


SIZES = {"AllowedValues": ["m7i.large", "m7i.xlarge"]}
DOMAIN = {"AllowedPattern": "[a-z]+\\.[a-z]+"}
COUNT = {"Type": "Number", "MinValue": 20, "MaxValue": "100"}
NAME = {"MinLength": 3, "MaxLength": 5}
LIST = {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}
FOUND = ("subnet-0123456789abcdef0", "subnet-01234567")
SUBNETS = {"Type": "List<AWS::EC2::Subnet::Id>"}
REGISTRY = {"AllowedPattern": r"^(|(?:(?!https?:\/\/).+[^\/]))$"}


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (SIZES, "m7i.xlarge"),
        (DOMAIN, "codeocean.example"),
        (COUNT, "20"),
        (COUNT, "100"),
        (NAME, "abc"),
        (NAME, "abcde"),
        (LIST, "a, b"),
        (LIST, ""),
        (SUBNETS, "subnet-0123456789abcdef0,subnet-01234567"),
        (REGISTRY, ""),
        (REGISTRY, "registry.example/codeocean"),
        ({"AllowedValues": [True, False]}, "true"),
        ({"Type": "Number", "AllowedValues": [1, 2.5]}, "2.50"),
    ],
    ids=str,
)
def test_an_allowed_value_passes(declared: dict[str, Any], value: str) -> None:
    assert judged(declared, value)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        (SIZES, "m5.large"),
        (SIZES, "M7I.LARGE"),
        (DOMAIN, "codeocean.example/"),
        (COUNT, "19"),
        (COUNT, "100.5"),
        (COUNT, "many"),
        (COUNT, ""),
        (NAME, "ab"),
        (NAME, "abcdef"),
        (LIST, "a,c"),
        (SUBNETS, "subnet-01234567,vpc-01234567"),
        (REGISTRY, "https://registry.example"),
        ({"Type": "AWS::EC2::Image::Id"}, ""),
        ({}, "x" * 4097),
    ],
    ids=lambda value: str(value)[:60],
)
def test_any_other_value_fails(declared: dict[str, Any], value: str) -> None:
    outcome, findings = judged(declared, value)

    assert outcome is Outcome.FAIL
    assert {finding.property for finding in findings} == {"pOne"}


@pytest.mark.parametrize("value", ["1_000", "nan", "inf"])
def test_what_only_python_calls_a_number_fails(value: str) -> None:
    assert judged({"Type": "Number"}, value)[0] is Outcome.FAIL


def test_a_value_legal_for_years_fails_with_the_line_to_write() -> None:
    outcome, findings = judged({**SIZES, "ConstraintDescription": "a machine of the 7th generation"}, "m5.large")

    assert outcome is Outcome.FAIL
    assert findings[0].found == "parameter pOne: 'm5.large' is not one of m7i.large, m7i.xlarge"
    assert findings[0].expected == "a machine of the 7th generation"
    assert (findings[0].remedy, findings[0].paste) == (
        "write a value that is allowed under [stacks.prod.parameters]",
        "pOne = …",
    )


def test_the_configured_value_is_judged_in_place_of_the_deployed_one() -> None:
    parameters = {**body()["Parameters"], "pSize": {"Type": "String", **SIZES}}
    before = snapshot(
        stack=known(stack(parameters={"pSize": "m5.large"})),
        target=known(template("v4.1.0", Parameters=parameters)),
    )

    assert says(CHECK, before=before, entry=entry(parameters={"pSize": "m7i.large"}))[0] is Outcome.PASS
    assert says(CHECK, before=before, entry=entry(parameters={"pSize": "m8i.large"}))[0] is Outcome.FAIL


def test_a_value_the_target_drops_is_not_judged() -> None:
    before = snapshot(stack=known(stack(parameters={"pGone": "anything"})))

    assert says(CHECK, before=before, entry=entry())[0] is Outcome.PASS


def test_the_live_size_is_judged_where_the_parameter_follows_it() -> None:
    parameters = {**body()["Parameters"], "pRdsAllocatedStorage": {"Type": "Number", "MinValue": 30}}
    before = snapshot(
        stack=known(stack(parameters={"pRdsAllocatedStorage": "40"})),
        target=known(template("v4.1.0", Parameters=parameters)),
    )

    assert says(CHECK, before=before, entry=entry())[0] is Outcome.PASS
    assert says(CHECK, before=before, entry=entry(parameters={"pRdsAllocatedStorage": "actual"}))[0] is Outcome.FAIL


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ({"AllowedPattern": r"\p{L}+"}, "abc"),
        ({"AllowedPattern": "["}, "abc"),
        ({"Type": "AWS::SSM::Parameter::Value<String>"}, "/app/size"),
        ({"Type": "AWS::SSM::Parameter::Value<String>"}, "/app/secrets/name"),
        ({"AllowedPattern": r"secret-\p{L}+"}, "secret-a"),
        ({"Type": "Number"}, "{{resolve:ssm:/app/size:1}}"),
    ],
    ids=str,
)
def test_what_cannot_be_judged_is_told(declared: dict[str, Any], value: str) -> None:
    outcome, findings = judged(declared, value)

    assert outcome is Outcome.WARN
    assert findings[0].found.startswith("parameter pOne was not judged: ")


def test_of_a_pattern_that_is_not_understood_the_rest_still_counts() -> None:
    outcome, findings = judged({"AllowedPattern": r"\p{L}+", "MaxLength": 2}, "abc")

    assert outcome is Outcome.FAIL
    assert [finding.blocking for finding in findings] == [True, False]


def test_a_secret_value_can_not_be_compared() -> None:
    assert judged({"NoEcho": True, "MinLength": 8}, "****")[0] is Outcome.PASS


def test_a_target_without_parameters_is_not_applicable() -> None:
    before = snapshot(target=known(template("v4.1.0", Parameters={})))
    outcome, why = remarks(CHECK, before=before, entry=entry())

    assert (outcome, why) == (Outcome.NOT_APPLICABLE, "the target template has no parameters")


@pytest.mark.parametrize(
    "before",
    [snapshot(target=unknown()), snapshot(stack=unknown()), snapshot(databases=unknown())],
    ids=["target", "stack", "databases"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot) -> None:
    assert says(CHECK, before=before, entry=entry(parameters={"pRdsAllocatedStorage": "actual"}))[0] is Outcome.ERROR


@pytest.mark.parametrize("fact", ["stored", "existing"])
def test_what_stands_outside_and_cannot_be_read_is_told(fact: str) -> None:
    declared = {
        "pName": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/app/a"},
        "pVpc": {"Type": "AWS::EC2::VPC::Id"},
    }
    before = snapshot(
        stack=known(stack(parameters={"pName": "/app/a", "pVpc": "vpc-01234567"})),
        target=known(template("v4.1.0", Parameters=declared)),
        **{fact: unknown()},
    )
    outcome, findings = says(CHECK, before=before, entry=entry())

    assert outcome is Outcome.WARN
    assert [finding.property for finding in findings] == ["pName", "pVpc"]


def test_databases_that_nothing_follows_need_not_be_known() -> None:
    assert says(CHECK, before=snapshot(databases=unknown()), entry=entry())[0] is Outcome.PASS
