"""Text becomes built-in types as cfn-lint reads them too, or is refused with its line."""

import json
from pathlib import Path

import pytest
from cfnlint.decode.decode import decode_str
from hypothesis import given
from hypothesis import strategies as st

from tests.upgrade.template.test_read import VENDOR
from upgrade.template.decode import MalformedTemplate, decode

TEMPLATES = sorted(Path(__file__).parents[3].glob("sandbox/templates/*.yaml"))

NAMES = st.text("abcXYZ:-_ é😀", min_size=1, max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


def plain(node: object) -> object:
    """What cfn-lint decodes, without its own types, dates as text."""
    match node:
        case dict():
            return {str(key): plain(value) for key, value in node.items()}
        case list():
            return [plain(item) for item in node]
        case None | bool() | int() | float():
            return node
    return str(node)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_sandboxs_templates_are_read_as_cfn_lint_reads_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert decode(text) == plain(decode_str(text)[0])


@pytest.mark.vendor
@pytest.mark.parametrize("version", ["v3.7.0", "v3.8.2"])
def test_the_vendors_templates_are_read_as_cfn_lint_reads_them(version: str) -> None:
    path = VENDOR / f"codeocean-{version}.template.yaml"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    text = path.read_text(encoding="utf-8")
    assert decode(text) == plain(decode_str(text)[0])


@given(VALUES)
def test_json_is_read_as_it_is(value: object) -> None:
    text = json.dumps({"a": value})
    assert decode(text) == {"a": value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Condition A", {"Condition": "A"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!Sub ['${a}', {a: !Ref B}]", {"Fn::Sub": ["${a}", {"a": {"Ref": "B"}}]}),
        ("!Transform {Name: AWS::Include}", {"Fn::Transform": {"Name": "AWS::Include"}}),
        ("!If [c, !Select [0, !GetAZs ''], 1]", {"Fn::If": ["c", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}, 1]}),
        ("2010-09-09", "2010-09-09"),
        ("2010-99-09", "2010-99-09"),
        ("!!str 1", "1"),
        ("{1: a, true: b}", {"1": "a", "True": "b"}),
    ],
)
def test_yaml_of_cloudformations_kind(text: str, value: object) -> None:
    assert decode(f"a: {text}") == {"a": value}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "line 1: Duplicate found 'a'"),
        ("b: !Sub ['', {a: 1, a: 2}]", "line 1: Duplicate found 'a'"),
        ("1: a\n'1': b", "line 1: Duplicate found '1'"),
        ("a:\n  <<: {b: 1}", "line 2: this key is no text"),
        ("a:\n  ~: 1", "line 2: this key is no text"),
        ("? [a]\n: b", "line 1: this key is no text"),
        ("a:\n  !Ref b: 1", "line 2: this key is no text"),
        ("a: &x 1\nb: *x", "line 2: YAML alias *x"),
        ("a: 1\n---\nb: 1", "line 2: a second YAML document"),
        ("a: !!binary aGk=", "line 1: the YAML type !!binary"),
        ("a: !!set {b}", "line 1: the YAML type !!set"),
        ("a: !!map [b]", "line 1: the YAML type !!map"),
        ("a: !!seq {b: c}", "line 1: the YAML type !!seq"),
        ("a: !!python/object:os.system b", "could not determine a constructor"),
        ("a: !!int b", "invalid literal for int"),
        ("a: !!bool b", "'b'"),
        ("a: 'b", "line 1: found unexpected end of stream"),
        ("a: \x00", "control characters are not allowed"),
        ('{"a": ' * 201 + "1" + "}" * 201, "nested more than 200 levels deep"),
        ("a: " + "[" * 201 + "]" * 201, "nested more than 200 levels deep"),
        ("[" * 100_000, "maximum nesting depth"),
    ],
)
def test_what_cloudformation_would_not_take_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(MalformedTemplate) as refused:
        decode(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.text("ab:-[]{}!&*?'\"|>%@ \n\t#<~,1.0x_é\x85\u2028", max_size=60))
def test_no_text_makes_it_fall_over(text: str) -> None:
    try:
        found = decode(text)
    except MalformedTemplate:
        return
    assert plain(found) == found
