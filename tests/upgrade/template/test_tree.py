"""Nested templates get the values their parents give them, and a tree without end has one."""

from typing import Any

from tests.builders import known, template, unknown
from upgrade.facts.known import Fact
from upgrade.facts.stack import Template
from upgrade.template.functions import Unresolved
from upgrade.template.tree import Branch, branches


def nested(address: Any = "https://b.s3.amazonaws.com/k", **parameters: Any) -> dict[str, Any]:
    properties = {"TemplateURL": address, **({"Parameters": parameters} if parameters else {})}
    return {"Type": "AWS::CloudFormation::Stack", "Properties": properties}


def tree(root: Template, found: dict[str, Fact[Template]] | None = None, **values: str) -> dict[str, Branch]:
    pseudo = {"AWS::Region": "us-east-1", "AWS::StackName": "root", "Topic": "arn:topic"}
    return {branch.path: branch for branch in branches(root, values, pseudo, found or {})}


def test_a_template_without_nested_stacks_is_its_own_tree() -> None:
    assert tree(template()).keys() == {""}


def test_where_a_nested_template_lies_may_depend_on_parameters() -> None:
    root = template(
        Parameters={"Bucket": {"Type": "String"}},
        Resources={
            "Network": nested({"Fn::Sub": "https://${Bucket}.s3.amazonaws.com/k"}),
            "Other": nested({"Ref": "X"}),
        },
    )
    addresses = tree(root, Bucket="b")[""].nested()

    assert addresses["Network"] == "https://b.s3.amazonaws.com/k"
    assert isinstance(addresses["Other"], Unresolved)


def test_a_nested_stack_under_a_condition_that_is_false_is_left_out() -> None:
    conditions = {"No": {"Fn::Equals": ["a", "b"]}, "Who": {"Fn::Equals": [{"Ref": "AWS::Later"}, "b"]}}
    root = template(
        Conditions=conditions,
        Resources={"A": {**nested(), "Condition": "No"}, "B": {**nested(), "Condition": "Who"}},
    )

    assert tree(root)[""].nested().keys() == {"B"}


def test_children_get_what_their_parents_give() -> None:
    child = template(
        Parameters={each: {"Type": "String", "Default": "own"} for each in ("Given", "Unknown", "Left")},
        Resources={"Deep": nested(Name={"Ref": "Given"})},
    )
    grandchild = template(Parameters={"Name": {"Type": "String"}})
    root = template(
        Resources={"Network": nested(Given={"Fn::Sub": "${AWS::StackName}-x"}, Unknown={"Fn::GetAtt": ["A", "B"]})}
    )
    found = tree(root, {"Network": known(child), "Network.Deep": known(grandchild)})
    value = found["Network"].resolver.value

    assert found.keys() == {"", "Network", "Network.Deep"}
    assert (value({"Ref": "Given"}), value({"Ref": "Left"})) == ("root-x", "own")
    assert isinstance(value({"Ref": "Unknown"}), Unresolved)
    assert found["Network.Deep"].resolver.value({"Ref": "Name"}) == "root-x"


def test_the_roots_names_are_not_the_childrens() -> None:
    found = tree(template(Resources={"Network": nested()}), {"Network": known(template())})

    assert found[""].resolver.value({"Ref": "Topic"}) == "arn:topic"
    for name in ("Topic", "AWS::StackName"):
        assert isinstance(found["Network"].resolver.value({"Ref": name}), Unresolved)


def test_parameters_made_by_a_function_are_all_unknown() -> None:
    made = {
        **nested(),
        "Properties": {"TemplateURL": "https://b.s3.amazonaws.com/k", "Parameters": {"Fn::Transform": {}}},
    }
    child = template(Parameters={"Given": {"Type": "String", "Default": "own"}})
    found = tree(template(Resources={"Network": made}), {"Network": known(child)})

    assert isinstance(found["Network"].resolver.value({"Ref": "Given"}), Unresolved)


def test_what_was_not_read_has_no_branch() -> None:
    assert tree(template(Resources={"Network": nested()}), {"Network": unknown()}).keys() == {""}
