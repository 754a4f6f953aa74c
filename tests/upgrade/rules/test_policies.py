"""Policy documents, live and declared, become the same statements."""

from typing import Any

import pytest

from tests.builders import role_template, template
from upgrade.errors import CannotTell
from upgrade.rules.policies import declared_statements, statements
from upgrade.template.resolve import Resolver


def allow(**changes: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **changes}]}


def test_single_values_and_lists_are_the_same() -> None:
    listed = {"Statement": {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}}

    assert statements(allow()) == statements(listed)


@pytest.mark.parametrize("value", [True, "true", ["true"]])
def test_a_condition_is_compared_as_iam_understands_it(value: object) -> None:
    plain = statements(allow(Condition={"Bool": {"aws:SecureTransport": "true"}}))

    assert statements(allow(Condition={"Bool": {"aws:SecureTransport": value}})) == plain
    assert plain != statements(allow())


def test_the_order_of_a_conditions_values_says_nothing() -> None:
    one, other = ({"StringEquals": {"aws:RequestedRegion": values}} for values in (["a", "b"], ["b", "a"]))

    assert statements(allow(Condition=one)) == statements(allow(Condition=other))


@pytest.mark.parametrize(
    "document", [{}, {"Statement": []}, {"Statement": [{"Effect": "Perhaps"}]}, {"Statement": "x"}]
)
def test_what_is_no_policy_cannot_be_told(document: dict[str, Any]) -> None:
    if document.get("Statement") == []:
        assert statements(document) == ()
        return
    with pytest.raises(CannotTell):
        statements(document)


def declared(*resources: dict[str, Any], **sections: Any) -> list[str]:
    body = template(Resources={f"R{number}": each for number, each in enumerate(resources)}, **sections)
    found = declared_statements(body.body, Resolver(body, {}, {"AWS::Partition": "aws"}))
    return [action for statement in found for action in statement.actions]


def test_inline_and_separate_policies_count() -> None:
    separate = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": allow(Action="ec2:RunInstances")}}
    role = role_template().body["Resources"]["DeployRole"]  # type: ignore[index]  # the builder's own

    assert declared(role, separate) == ["s3:*", "ec2:RunInstances"]


def test_a_policy_under_a_false_condition_does_not() -> None:
    separate = {"Type": "AWS::IAM::Policy", "Condition": "cNo", "Properties": {"PolicyDocument": allow()}}

    assert declared(separate, Conditions={"cNo": {"Fn::Equals": ["a", "b"]}}) == []


def test_pseudo_parameters_are_filled_in() -> None:
    document = allow(Action={"Fn::Sub": "s3:${AWS::Partition}"})

    assert declared({"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": document}}) == ["s3:aws"]


def test_a_part_only_aws_knows_cannot_be_told() -> None:
    document = allow(Resource={"Fn::GetAtt": ["Bucket", "Arn"]})

    with pytest.raises(CannotTell, match="R0"):
        declared({"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": document}})
