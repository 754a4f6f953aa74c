"""A value is accepted or refused by all that its parameter declares; what only Java can try is told, never judged."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, known, unknown
from tests.upgrade.vendor import VERSIONS, vendor_template
from upgrade.facts.inputs import Existing, StoredParameter
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.rules.accepted import AWS_TYPES, LONGEST, Verdict, judge
from upgrade.template.functions import literal

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(), st.text(max_size=8))
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
TYPES = st.sampled_from(
    ["String", "Number", "CommaDelimitedList", "List<Number>", "List<AWS::EC2::Subnet::Id>", *AWS_TYPES, "List<"]
)
PATTERNS = st.text("ab1<>()[]^$*+?{},|\\dpQ&:!=.-", max_size=8)
VALUES = st.text(max_size=12)


def accepts(declared: dict[str, Any], value: str) -> bool:
    """Whether a value was judged, and nothing is wrong with it."""
    return judge(declared, value) == Verdict()


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ({}, "anything at all"),
        ({}, ""),
        ({"Type": "Number"}, "5"),
        ({"Type": "Number"}, "-0.5"),
        ({"Type": "Number", "MinValue": 5, "MaxValue": "5"}, "5"),
        ({"Type": "Number", "AllowedValues": ["1", 2]}, "2"),
        ({"MinLength": 2, "MaxLength": 2}, "ab"),
        ({"MinLength": "2", "MaxLength": "2"}, "ab"),
        ({"MinLength": 0}, ""),
        ({"AllowedValues": ["a", "b"]}, "b"),
        ({"AllowedValues": [True, False]}, "true"),
        ({"AllowedValues": [1, 2]}, "1"),
        ({"AllowedPattern": "[a-z]+"}, "abc"),
        ({"AllowedPattern": "^$|^ami-[a-z0-9]+$"}, ""),
        ({"AllowedPattern": "", "Type": "String"}, ""),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a, b"),
        ({"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"}, "a,b"),
        ({"Type": "CommaDelimitedList"}, ""),
        ({"Type": "List<Number>", "MinValue": 1}, "1, 2"),
        ({"Type": "List<AWS::EC2::Subnet::Id>"}, "subnet-0123abcd,subnet-0123456789abcdef0"),
        ({"Type": "AWS::EC2::VPC::Id"}, "vpc-0123456789abcdef0"),
        ({"Type": "AWS::EC2::KeyPair::KeyName"}, "whatever its name is"),
        ({"MinValue": "no number", "MaxValue": None, "MinLength": []}, "x"),
        ({"AllowedValues": "a"}, "b"),
    ],
    ids=str,
)
def test_what_fits_is_accepted(declared: dict[str, Any], value: str) -> None:
    assert accepts(declared, value)


@pytest.mark.parametrize(
    ("declared", "value", "problem"),
    [
        ({"Type": "Number"}, "five", "'five' is no number"),
        ({"Type": "Number"}, "", "'' is no number"),
        ({"Type": "Number", "MinValue": 5}, "4", "4 is less than 5 (MinValue)"),
        ({"Type": "Number", "MinValue": 5}, "4.999", "4.999 is less than 5 (MinValue)"),
        ({"Type": "Number", "MaxValue": "5"}, "6", "6 is more than 5 (MaxValue)"),
        ({"Type": "Number", "AllowedValues": [1, 2]}, "3", "'3' is not one of 1, 2"),
        ({"MinLength": 2}, "a", "'a' has 1 characters, MinLength is 2"),
        ({"MaxLength": "2"}, "abc", "'abc' has 3 characters, MaxLength is 2"),
        ({"AllowedValues": ["a", "b"]}, "A", "'A' is not one of a, b"),
        ({"AllowedValues": [True, False]}, "yes", "'yes' is not one of true, false"),
        ({"AllowedValues": []}, "a", "'a' is not one of "),
        ({"AllowedPattern": "[a-z]+"}, "aB", "'aB' does not match [a-z]+"),
        ({"AllowedPattern": "a|b"}, "ab", "'ab' does not match a|b"),
        ({"AllowedPattern": "a"}, "a\n", "'a\\n' does not match a"),
        ({"AllowedPattern": "^a$"}, "a\n", "'a\\n' does not match ^a$"),
        ({"AllowedPattern": r"\d+"}, "\u0661\u0662", "'\u0661\u0662' does not match \\d+"),
        ({"AllowedPattern": 5}, "4", "'4' does not match 5"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a"]}, "a,b", "'b' is not one of a"),
        ({"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"}, "a,B", "'B' does not match [a-z]"),
        ({"Type": "List<Number>"}, "1,x", "'x' is no number"),
        ({"Type": "List<Number>", "MaxValue": 1}, "1,2", "2 is more than 1 (MaxValue)"),
        ({"Type": "AWS::EC2::VPC::Id"}, "vpc-1", "'vpc-1' is no AWS::EC2::VPC::Id"),
        ({"Type": "AWS::EC2::VPC::Id"}, "", "'' is no AWS::EC2::VPC::Id"),
        ({"Type": "List<AWS::EC2::Subnet::Id>"}, "subnet-0123abcd,x", "'x' is no AWS::EC2::Subnet::Id"),
        ({"Type": "AWS::EC2::Image::Id"}, "ami-0123abcd ", "'ami-0123abcd ' is no AWS::EC2::Image::Id"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_with_the_reason(declared: dict[str, Any], value: str, problem: str) -> None:
    assert judge(declared, value) == Verdict(problems=(problem,))


@pytest.mark.parametrize("value", ["1_000", "nan", "inf", "-infinity", "0x10", "\u0661"])
def test_what_only_python_takes_for_a_number_is_none(value: str) -> None:
    assert judge({"Type": "Number", "MinValue": 0}, value).problems == (f"{value!r} is no number",)


@pytest.mark.parametrize(("character", "count"), [("x", LONGEST), ("ü", LONGEST // 2)], ids=["ascii", "two bytes each"])
def test_a_value_may_have_so_many_bytes(character: str, count: int) -> None:
    assert accepts({}, character * count)
    assert judge({}, character * count + "x").problems == ("it is longer than 4,096 bytes",)


def test_every_problem_is_told_and_each_once() -> None:
    declared = {"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]", "MaxLength": 2}

    assert judge(declared, "ABC,ABC,a").problems == (
        "'ABC' has 3 characters, MaxLength is 2",
        "'ABC' does not match [a-z]",
    )


@pytest.mark.parametrize(
    "pattern",
    [
        r"\p{Alpha}+", r"\P{Lower}", r"\Qa.b\E", r"\R", r"\h+", r"\H", r"\X", r"\v+", r"\V", r"a\z", r"a\Z", r"\Ga",
        "[a-z&&[^b]]", "[a-c[m-p]]+", "[[:alnum:]]+", r"[\d[a-f]]+", r"[^\s[x]]", r"\x{41}", r"(?<n>a)\k<n>", "(?u)a",
        "(?U)a", "(?d)a", "a(?i)b", "(?L)a", "(", "a{2,1}", "a{99999999999}", "*",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", ["a1", "?", ""])
def test_a_pattern_that_python_understands_differently_or_not_is_told_and_never_judged(
    pattern: str, value: str
) -> None:
    assert judge({"AllowedPattern": pattern}, value) == Verdict(untold=(f"its pattern {pattern} can't be tried here",))


def test_what_is_declared_beside_such_a_pattern_is_judged_all_the_same() -> None:
    verdict = judge({"AllowedPattern": r"\p{Alpha}+", "MaxLength": 1}, "ab")

    assert verdict.problems == ("'ab' has 2 characters, MaxLength is 1",)
    assert len(verdict.untold) == 1


@pytest.mark.parametrize(
    ("pattern", "fits", "other"),
    [
        ("(?<name>a+)b", "aab", "b"),
        ("(?<name>a)(?<other>b)", "ab", "a"),
        ("a(?<=a)b", "ab", "b"),
        ("(?<!b)a", "a", "ba"),
        (r"\(?<a>", "<a>", "a>"),
        ("(?i)abc", "ABC", "AB"),
        ("a++b", "aab", "a"),
        ("^(|(?:(?!https?://).+[^/]))$", "registry.example.com", "https://registry.example.com"),
        (r"[\w.-]+@[\w.-]+", "a.b@c-d", "a b@c"),
    ],
)
def test_a_pattern_both_understand_is_tried_as_java_would(pattern: str, fits: str, other: str) -> None:
    assert accepts({"AllowedPattern": pattern}, fits)
    assert judge({"AllowedPattern": pattern}, other).problems == (f"{other!r} does not match {pattern}",)


@pytest.mark.parametrize("declared", [{}, {"Type": "Number", "MinValue": 5}, {"AllowedValues": ["a"], "NoEcho": True}])
def test_a_secret_is_told_and_never_judged(declared: dict[str, Any]) -> None:
    assert judge(declared, "****") == Verdict(secret=True)


@pytest.mark.parametrize("value", ["{{resolve:ssm:/app/size:1}}", "{{resolve:secretsmanager:db:SecretString:size}}"])
def test_a_dynamic_reference_is_told_and_never_judged(value: str) -> None:
    verdict = judge({"Type": "Number", "AllowedValues": [1], "AllowedPattern": "1"}, value)

    assert verdict == Verdict(untold=(f"it stands for the value behind {value}",))


def stored(value: str = "x", type_: str = "String") -> dict[str, Known[StoredParameter] | Unknown]:
    return {"/app/a": known(StoredParameter(type_, value, 3, NOW))}


def behind(inner: str, found: dict[str, Known[StoredParameter] | Unknown], **declared: Any) -> Verdict:
    """The verdict on `/app/a`, a name in SSM."""
    type_ = inner if inner.startswith("AWS::SSM::") else f"AWS::SSM::Parameter::Value<{inner}>"
    return judge({"Type": type_, **declared}, "/app/a", found, EXISTING)


IMAGE = "ami-0123456789abcdef0"
EXISTING: dict[str, Known[Existing] | Unknown] = {
    "AWS::EC2::Image::Id": known({IMAGE: {}}),
    "AWS::EC2::VPC::Id": unknown(),
}


@pytest.mark.parametrize(
    ("inner", "value", "type_"),
    [
        ("String", "anything", "String"),
        ("List<String>", "a,b", "StringList"),
        ("CommaDelimitedList", "a,b", "StringList"),
        ("AWS::EC2::Image::Id", IMAGE, "String"),
        ("AWS::SSM::Parameter::Name", "", "SecureString"),
    ],
)
def test_what_stands_in_ssm_is_accepted(inner: str, value: str, type_: str) -> None:
    assert behind(inner, stored(value, type_), AllowedValues=["/app/a"]) == Verdict()


@pytest.mark.parametrize(
    ("inner", "found", "said"),
    [
        ("String", {"/app/a": unknown(Reason.NOT_FOUND)}, "SSM parameter '/app/a' does not exist"),
        ("AWS::SSM::Parameter::Name", {"/app/a": unknown(Reason.NOT_FOUND)}, "does not exist"),
        ("String", stored("", "SecureString"), "is a SecureString, which CloudFormation takes in no parameter"),
        ("AWS::EC2::Image::Id", stored("ami-x"), "'ami-x', which SSM has under '/app/a', is no AWS::EC2::Image::Id"),
        ("AWS::EC2::Image::Id", stored("ami-01234567"), "'ami-01234567' does not exist in this account and region"),
    ],
    ids=["absent", "absent name", "secret", "other shape", "no such image"],
)
def test_what_does_not_fit_behind_a_name_in_ssm_is_refused(inner: str, found: Any, said: str) -> None:
    assert said in " ".join(behind(inner, found).problems)


def test_allowed_values_of_an_ssm_type_are_names() -> None:
    assert behind("String", stored("x"), AllowedValues=["x"]).problems == ("'/app/a' is not one of x",)


@pytest.mark.parametrize("found", [{}, {"/app/a": unknown()}], ids=["not asked", "denied"])
def test_what_ssm_does_not_tell_is_told(found: Any) -> None:
    verdict = behind("String", found)

    assert verdict.problems == ()
    assert "what SSM has under '/app/a' was not read" in verdict.untold[0]


def test_whether_a_pattern_is_asked_of_the_name_is_told() -> None:
    assert behind("String", stored(), AllowedPattern="/app/.*") == Verdict()
    assert "not documented" in behind("String", stored(), AllowedPattern="[0-9]+").untold[0]


@pytest.mark.parametrize(
    ("type_", "value", "verdict"),
    [
        ("AWS::EC2::Image::Id", IMAGE, Verdict()),
        (
            "List<AWS::EC2::Image::Id>",
            f"{IMAGE},ami-01234567",
            Verdict(("'ami-01234567' does not exist in this account and region",)),
        ),
        (
            "AWS::EC2::VPC::Id",
            "vpc-01234567",
            Verdict(untold=("whether vpc-01234567 exists was not read (service:Operation: denied: AWS said no)",)),
        ),
        ("AWS::New::Thing::Id", "thing-1", Verdict(untold=("whether thing-1 exists was not read",))),
    ],
    ids=["exists", "one of two", "denied", "a type nobody knows"],
)
def test_ids_must_exist_as_far_as_that_can_be_told(type_: str, value: str, verdict: Verdict) -> None:
    assert judge({"Type": type_}, value, {}, EXISTING) == verdict


def test_half_of_a_surrogate_pair_is_judged_like_any_text() -> None:
    """A template's own default may hold one: JSON and YAML can escape it."""
    assert judge({"AllowedValues": ["a"]}, "\ud800").problems == ("'\\ud800' is not one of a",)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "Type": TYPES | ANYTHING,
            "AllowedValues": st.lists(SCALARS, max_size=4) | ANYTHING,
            "AllowedPattern": PATTERNS | ANYTHING,
            **dict.fromkeys(("MinValue", "MaxValue", "MinLength", "MaxLength", "NoEcho", "Default"), ANYTHING),
        },
    ),
    VALUES | st.sampled_from(["****", "1", "a,b", "subnet-0123abcd", "{{resolve:ssm:a}}"]),
)
def test_no_declaration_and_no_value_is_too_strange(declared: dict[str, Any], value: str) -> None:
    verdict = judge(declared, value)

    assert len(set(verdict.problems)) == len(verdict.problems)
    assert all(verdict.problems + verdict.untold)
    assert verdict.secret is (value == "****")
    assert not (verdict.secret and (verdict.problems or verdict.untold))


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-60, 60))
def test_a_number_is_accepted_within_its_bounds_and_nowhere_else(low: int, high: int, value: int) -> None:
    declared = {"Type": "Number", "MinValue": low, "MaxValue": str(high)}

    assert accepts(declared, str(value)) is (low <= value <= high)


@given(st.integers(0, 9), st.integers(0, 9), st.text(string.ascii_letters, max_size=10))
def test_a_text_is_accepted_within_its_lengths_and_nowhere_else(low: int, high: int, value: str) -> None:
    assert accepts({"MinLength": low, "MaxLength": high}, value) is (low <= len(value) <= high)


@given(st.lists(st.text(max_size=5), min_size=1, max_size=5), st.text(max_size=5))
def test_a_text_is_accepted_if_it_is_one_of_those_allowed(allowed: list[str], value: str) -> None:
    assert all(accepts({"AllowedValues": allowed}, each) for each in allowed if each != "****")
    assert accepts({"AllowedValues": allowed}, value) is (value in allowed) or value == "****"


@pytest.mark.vendor
@pytest.mark.parametrize("version", VERSIONS)
def test_the_vendors_defaults_are_accepted_and_every_one_is_judged(version: str) -> None:
    declared: Any = vendor_template(version).body["Parameters"]
    defaults = {name: literal(each["Default"]) for name, each in declared.items() if "Default" in each}

    assert len(defaults) > 50
    assert {name: judge(declared[name], value) for name, value in defaults.items()} == dict.fromkeys(
        defaults, Verdict()
    )


@pytest.mark.vendor
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pVpcCIDR", "10.0.0.0/8"),
        ("pCustomAmi", "AMI-1"),
        ("pDeploymentType", "public"),
        ("pWorkerInstanceType", "m5.large"),
        ("pWorkersAsgMaxSize", "many"),
    ],
)
def test_the_vendors_constraints_refuse(name: str, value: str) -> None:
    declared: Any = vendor_template("v3.8.2").body["Parameters"]

    assert judge(declared[name], value).problems
