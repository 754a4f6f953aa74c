"""Dynamic references are found wherever a property holds one, by the name they have in the end."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import template
from upgrade.template.dynamic import Reference, in_text, references
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import Resolver

ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"
SECRET = Reference("secretsmanager", ARN, fixed=False)
SIZE = Reference("ssm", "/prod/size", fixed=False)


def found(value: Any) -> list[Reference | Unresolved]:
    body = template(
        Parameters={"Env": {"Type": "String"}, "Whole": {"Type": "String"}},
        Conditions={"Yes": {"Fn::Equals": ["a", "a"]}, "Who": {"Fn::Equals": [{"Ref": "AWS::Later"}, "a"]}},
        Resources={"A": {"Type": "T", "Properties": {"P": [{"Q": value}]}}},
    )
    values = {"Env": "prod", "Whole": "{{resolve:ssm:/prod/size}}"}
    return list(references(Resolver(body, values, {"Secret": ARN}, dynamic=True), "A"))


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("{{resolve:ssm:/prod/size}}", SIZE),
        ("{{resolve:ssm:/prod/size:3}}", Reference("ssm", "/prod/size", fixed=True)),
        ("{{resolve:ssm-secure:password}}", Reference("ssm-secure", "password", fixed=False)),
        ("{{resolve:secretsmanager:db}}", Reference("secretsmanager", "db", fixed=False)),
        ("{{resolve:secretsmanager:db:SecretString:user}}", Reference("secretsmanager", "db", fixed=False)),
        ("{{resolve:secretsmanager:db:SecretString:user::v1}}", Reference("secretsmanager", "db", fixed=True)),
        (f"{{{{resolve:secretsmanager:{ARN}:SecretString:user::}}}}", SECRET),
        (
            f"{{{{resolve:secretsmanager:{ARN}:SecretString:user:AWSCURRENT:v}}}}",
            Reference("secretsmanager", ARN, fixed=True),
        ),
    ],
)
def test_a_reference_has_service_name_and_version(text: str, reference: Reference) -> None:
    assert list(in_text(f"before {text} after")) == [reference]


@pytest.mark.parametrize(
    ("value", "references_"),
    [
        ("no reference", []),
        ("{{resolve:ssm:/prod/size}}", [SIZE]),
        ({"Fn::Sub": "x{{resolve:ssm:/${Env}/size}}y"}, [SIZE]),
        ({"Fn::Sub": ["{{resolve:ssm:/${E}/size}}", {"E": {"Ref": "Env"}}]}, [SIZE]),
        ({"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Secret"}, ":SecretString:password::}}"]]}, [SECRET]),
        ({"Fn::Join": ["-", ["{{resolve:ssm:/prod/size}}", "b"]]}, [SIZE]),
        ({"Ref": "Whole"}, [SIZE]),
        ({"Fn::Sub": "${Whole}"}, [SIZE]),
        ({"Fn::If": ["Yes", "{{resolve:ssm:/prod/size}}", "{{resolve:ssm:other}}"]}, [SIZE]),
        ({"Fn::If": ["Who", "{{resolve:ssm:/prod/size}}", "x"]}, [SIZE]),
        ({"Fn::GetAtt": ["A", "B"]}, []),
        ({"Ref": "AWS::NoValue"}, []),
    ],
    ids=str,
)
def test_references_are_found_through_functions(value: Any, references_: list[Reference]) -> None:
    assert found(value) == references_


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Sub": "{{resolve:ssm:/${Later}/size}}"},
        {"Fn::Join": ["", ["{{resolve:ssm:", {"Fn::GetAtt": ["A", "B"]}, "}}"]]},
    ],
    ids=str,
)
def test_one_whose_name_only_aws_knows_is_unresolved(value: Any) -> None:
    assert [type(each) for each in found(value)] == [Unresolved]


NODES = st.recursive(
    st.text(max_size=5)
    | st.integers()
    | st.none()
    | st.sampled_from(["{{resolve:ssm:a}}", "{{resolve:", "Env", "Yes"]),
    lambda child: (
        st.lists(child, max_size=4)
        | st.dictionaries(
            st.sampled_from(["Ref", "Fn::Sub", "Fn::Join", "Fn::If", "Fn::GetAtt", "x"]), child, max_size=2
        )
    ),
    max_leaves=15,
)


@given(NODES)
def test_no_value_raises(value: Any) -> None:
    assert all(isinstance(each, (Reference, Unresolved)) for each in found(value))
