"""A template needs to be allowed IAM resources, and names of their own; macros need nothing where a change set is made."""

from typing import Any

import pytest

from tests.builders import template
from tests.upgrade.vendor import VERSIONS, vendor_template
from upgrade.config.product import load
from upgrade.rules.capabilities import IAM, NAMED, NAMES, missing, needed


def needs(**resources: Any) -> dict[str, str]:
    return needed(template(Resources=resources))


def resource(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_, "Properties": properties}


def test_a_template_without_iam_needs_nothing() -> None:
    assert needed(template()) == {}


@pytest.mark.parametrize("type_", sorted(NAMES))
def test_every_iam_resource_has_to_be_allowed(type_: str) -> None:
    assert needs(One=resource(type_)) == {IAM: f"One ({type_})"}
    assert needs(One={"Type": type_}) == {IAM: f"One ({type_})"}


@pytest.mark.parametrize(("type_", "name"), sorted((type_, name) for type_, name in NAMES.items() if name))
@pytest.mark.parametrize("value", ["deploy", {"Ref": "pName"}], ids=["literal", "reference"])
def test_so_has_a_name_of_its_own(type_: str, name: str, value: object) -> None:
    assert needs(One=resource(type_, **{name: value})) == {NAMED: "One has a name of its own"}


@pytest.mark.parametrize(
    ("type_", "property_"),
    [
        ("AWS::IAM::Policy", "PolicyName"),
        ("AWS::IAM::AccessKey", "UserName"),
        ("AWS::IAM::UserToGroupAddition", "GroupName"),
        ("AWS::IAM::InstanceProfile", "RoleName"),
        ("AWS::IAM::Role", "UserName"),
    ],
)
def test_another_property_is_no_name(type_: str, property_: str) -> None:
    assert needs(One=resource(type_, **{property_: "x"})).keys() == {IAM}


def test_with_and_without_a_name_both_are_needed() -> None:
    found = needs(A=resource("AWS::IAM::Role"), B=resource("AWS::IAM::User", UserName="b"))

    assert found == {IAM: "A (AWS::IAM::Role)", NAMED: "B has a name of its own"}


@pytest.mark.parametrize("type_", ["AWS::SNS::Topic", "AWS::IAM::ServiceLinkedRole", "Custom::AWS::IAM::Role"])
def test_other_types_need_nothing(type_: str) -> None:
    assert needs(One=resource(type_, RoleName="x")) == {}


@pytest.mark.parametrize("one", [["AWS::IAM::Role"], {"Properties": None}, {}], ids=["loop", "no type", "empty"])
def test_what_is_no_resource_needs_nothing(one: object) -> None:
    assert needs(One=one) == {}


def test_properties_that_are_no_mapping_give_no_name() -> None:
    assert needs(One={"Type": "AWS::IAM::Role", "Properties": ["RoleName"]}).keys() == {IAM}


@pytest.mark.parametrize(
    "changes",
    [
        {"Transform": "AWS::Serverless-2016-10-31"},
        {"Transform": ["AWS::LanguageExtensions", "Own"]},
        {"Transform": {"Name": "AWS::Include"}},
        {"Resources": {"One": resource("AWS::SNS::Topic", **{"Fn::Transform": {"Name": "AWS::Include"}})}},
    ],
    ids=["one", "several", "with parameters", "inside"],
)
def test_a_macro_needs_nothing_in_a_change_set(changes: dict[str, Any]) -> None:
    """CreateChangeSet on CAPABILITY_AUTO_EXPAND: it does not apply to change sets and has no effect on them."""
    assert needed(template(**changes)) == {}


@pytest.mark.parametrize(
    ("granted", "left"),
    [
        ((), {IAM, NAMED}),
        ((IAM,), {NAMED}),
        ((NAMED,), set()),
        ((IAM, NAMED), set()),
        (("CAPABILITY_AUTO_EXPAND",), {IAM, NAMED}),
    ],
    ids=["nothing", "iam", "named iam", "both", "macros"],
)
def test_what_is_granted_is_no_longer_missing_and_a_name_includes_the_rest(
    granted: tuple[str, ...], left: set[str]
) -> None:
    assert missing({IAM: "a", NAMED: "b"}, granted).keys() == left


def test_what_is_missing_keeps_its_reason() -> None:
    assert missing({IAM: "Role (AWS::IAM::Role)"}, ()) == {IAM: "Role (AWS::IAM::Role)"}
    assert missing({}, ()) == {}


@pytest.mark.vendor
@pytest.mark.parametrize("version", VERSIONS)
def test_the_vendors_templates_need_what_the_product_grants(version: str) -> None:
    needs_ = needed(vendor_template(version))

    assert needs_.keys() == {IAM}
    assert missing(needs_, load("codeocean").capabilities) == {}
