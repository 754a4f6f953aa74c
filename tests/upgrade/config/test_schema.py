"""The schema for editors is the committed one, and agrees with what is read: what is understood is valid by it."""

import json
import re
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tests.upgrade.config.test_stacks import FULL, MINIMAL, write
from upgrade.config.entry import StackEntry
from upgrade.config.schema import schema
from upgrade.config.stacks import load
from upgrade.errors import UsageError

CHECKOUT = Path(__file__).parents[3]
COMMITTED = CHECKOUT / "docs" / "stacks.schema.json"
MANUAL = (CHECKOUT / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", MANUAL, re.DOTALL | re.MULTILINE)
VALIDATOR = Draft202012Validator(json.loads(schema()), format_checker=Draft202012Validator.FORMAT_CHECKER)


def plain(node: Any) -> Any:
    """TOML as JSON has it: times as text."""
    match node:
        case dict():
            return {key: plain(value) for key, value in node.items()}
        case list():
            return [plain(value) for value in node]
        case datetime() | date() | time():
            return node.isoformat()
    return node


def validate(text: str) -> None:
    VALIDATOR.validate(plain(tomllib.loads(text)))


def test_the_committed_schema_is_the_models_own() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == schema(), (
        "python -m upgrade.config.schema > docs/stacks.schema.json"
    )


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(schema()))


def test_it_has_every_key_but_the_tables_name() -> None:
    names = {field.alias or name for name, field in StackEntry.model_fields.items()} - {"name"}

    assert json.loads(schema())["$defs"]["StackEntry"]["properties"].keys() == names


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_manuals_examples_are_valid(number: int) -> None:
    validate(EXAMPLES[number])


def test_the_manual_has_examples() -> None:
    assert EXAMPLES


def test_the_sandboxes_own_configuration_is_valid() -> None:
    validate((CHECKOUT / "sandbox" / "stacks.toml").read_text(encoding="utf-8"))


ENTRY = MINIMAL.strip()
MORE = {
    "window": "[stacks.prod.change.window]\nfrom = 2026-11-23T20:00:00Z\nto = 2026-11-24T02:00:00+02:00",
    "approvals": '[stacks.prod.change]\nrequire_approvals = 1\napprovers = { "Jane Doe" = "jane.pub.pem" }',
    "unsigned": "[stacks.prod.change]\nrequire_approvals = 9\nunsigned_approvals = true\nplan_hours = 0.5",
    "waiver": (
        f'[[stacks.prod.waivers]]\ncheck = "a"\nfinding = "sha256:{"0" * 64}"\nreason = "r"\napproved_by = "q"\n'
        "expires = 2027-01-31T00:00:00Z"
    ),
    "acknowledged": (
        '[stacks.prod.acknowledge.backup_upgraded]\nby = "a"\nat = 2026-11-23T12:00:00Z\nfrom = "v1"\nto = "v2"'
    ),
    "drift": (
        '[[stacks.prod.expected_drift]]\nresource = "A"\nproperty = "/B"\nreason = "r"\nexpires = 2027-01-31T00:00:00Z'
    ),
    "report only": '[stacks.prod.checks]\nreport_only = ["template-lints"]',
    "alarms": 'rollback_triggers = ["arn:aws:cloudwatch:us-east-1:210987654321:alarm:x"]',
    "staging": 'template_url = "big.yaml"\nstaging = "s3://bucket/prefix"',
    "archive": '[stacks.prod.evidence]\narchive = "s3://bucket/prefix"\narchive_profile = "keeper"',
    "no backup": 'backup = { none = "a test stack" }',
    "parameters": '[stacks.prod.parameters]\na = "actual"\nb = [1, "x", true]\nc = { env = "X" }\nd = { value = [1] }',
}


@pytest.mark.parametrize(
    "text", [MINIMAL, FULL, *(f"{ENTRY}\n{more}" for more in MORE.values())], ids=["minimal", "full", *MORE]
)
def test_what_is_understood_is_valid(tmp_path: Path, text: str) -> None:
    load(write(tmp_path, text))
    validate(text)


WRONG = {
    "unknown key": "mintues = 5",
    "name": 'name = "prod"',
    "text for a number": 'minutes = "5"',
    "no minutes": "minutes = 0",
    "number for a text": "target = 3",
    "boolean for a number": "minutes = true",
    "number for a flag": "allow_downgrade = 1",
    "role": 'assume_role_arn = "reader"',
    "hash": 'template_sha256 = "abc"',
    "tag": "tags = { a = 1 }",
    "empty target": 'target = ""',
    "unknown key of a table": "[stacks.prod.polling]\nwhatch = 1",
    "time without zone": "[stacks.prod.change.window]\nfrom = 2026-11-23T20:00:00\nto = 2026-11-24T02:00:00",
    "half a window": "[stacks.prod.change.window]\nfrom = 2026-11-23T20:00:00Z",
    "too many approvals": "[stacks.prod.change]\nrequire_approvals = 10\nunsigned_approvals = true",
    "backup": "backup = { none = 5 }",
    "parameter": "[stacks.prod.parameters]\na = { secret = 5 }",
    "parameter and more": '[stacks.prod.parameters]\na = { env = "X", more = 5 }',
    "nested list": "[stacks.prod.parameters]\na = [[1]]",
    "drift": '[[stacks.prod.expected_drift]]\nresource = "A"\nproperty = "B"\nreason = "r"\nexpires = 2027-01-31T00:00:00Z',
}  # fmt: skip
EDITORS_DO_NOT_SEE = {"time without zone"}
"""JSON Schema's date-time is checked only by what has a library for it."""


@pytest.mark.parametrize("name", WRONG)
def test_what_is_refused_is_invalid(tmp_path: Path, name: str) -> None:
    text = f"{ENTRY}\n{WRONG[name]}"
    with pytest.raises(UsageError):
        load(write(tmp_path, text))
    if name not in EDITORS_DO_NOT_SEE:
        with pytest.raises(ValidationError):
            validate(text)


@pytest.mark.parametrize("text", ["", "[stacks]", "[other]", "[stacks.prod]\nx = 1", "stacks = 5"], ids=repr)
def test_what_is_no_stacks_file_is_invalid(text: str) -> None:
    with pytest.raises(ValidationError):
        validate(text)


def test_what_defaults_give_an_entry_need_not_give() -> None:
    validate('[defaults]\nproduct = "generic"\nregion = "us-east-1"\n[stacks.prod]\nstack_name = "x"')
