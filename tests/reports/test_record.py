import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from reports import changes, html, junit, record, state, template_file
from reports.build import build
from reports.provenance import provided
from reports.record import Format, Record, schema
from tests.reports import builders
from tests.reports.builders import made
from upgrade import catalogue
from upgrade.config.product import load
from upgrade.facts import changes as planned
from upgrade.facts import services, snapshot, stack
from upgrade.facts.seal import Kind
from upgrade.gate import decision
from upgrade.gate.mode import Verdict

ROOT = Path(__file__).parents[2]
RECORDS = Path(__file__).with_name("records")
"""What earlier versions of Plimsoll wrote."""


def test_the_committed_schema_is_the_one_of_the_models() -> None:
    committed = (ROOT / "docs/record.schema.json").read_text(encoding="utf-8")

    assert committed == schema(), "run: python -m reports.record > docs/record.schema.json"


def test_the_schema_is_a_schema_and_leaves_nothing_optional() -> None:
    generated = json.loads(schema())
    Draft202012Validator.check_schema(generated)

    models = [generated, *(part for part in generated["$defs"].values() if part.get("type") == "object")]
    for model in models:
        assert model["additionalProperties"] is False, model["title"]
        assert sorted(model["required"]) == sorted(model["properties"]), model["title"]


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_every_ending_makes_a_record_that_validates_and_reads_back(verdict: Verdict) -> None:
    written = made(builders.of_verdict(verdict))
    text = written.text()

    Draft202012Validator(json.loads(schema())).validate(json.loads(text))
    assert Record.model_validate_json(text) == written
    assert written.conclusion.verdict is verdict
    assert written.conclusion.exit_code == decision.EXIT_CODES[verdict]


def test_a_record_of_the_first_format_reads_and_says_what_it_does_not_tell() -> None:
    old = Record.model_validate_json((RECORDS / "plimsoll-record-1.json").read_text(encoding="utf-8"))

    assert old.format is Format.V1
    assert old.conclusion.verdict is Verdict.UPGRADED
    assert old.people.author == provided("", "a record of this version does not tell it")
    assert old.basis is None
    assert old.integrity.seal is Kind.NONE
    assert "UPGRADED" in html.render(old, "0" * 64)
    assert junit.render(old, "0" * 64).count("<testcase ") == len(old.checks)


def test_a_record_of_today_may_not_leave_out_what_an_earlier_one_did_not_have() -> None:
    today = json.loads(made(builders.evidence()).text())
    del today["people"]

    with pytest.raises(ValidationError, match="people"):
        Record.model_validate_json(json.dumps(today))


def test_a_record_from_before_diagnoses_reads() -> None:
    old = json.loads(made(builders.rolled_back()).text())
    del old["operation"]["diagnosis"]
    for event in [old["operation"]["cause"], *old["operation"]["events"]]:
        del event["hook"]
    operation = Record.model_validate_json(json.dumps(old)).operation

    assert operation is not None
    assert operation.diagnosis is None


def test_record_json_is_ascii_whatever_aws_said() -> None:
    text = made(builders.hostile()).text()

    assert text.isascii()
    assert "\x1b" not in text
    assert "\\u001b" in text


def test_times_carry_their_offset() -> None:
    text = json.loads(made(builders.evidence()).text())

    assert text["run"]["started"] == "2026-11-23T12:00:00Z"
    with pytest.raises(ValidationError, match="timezone"):
        Record.model_validate({**text, "run": {**text["run"], "started": "2026-11-23T12:00:00"}})


@pytest.mark.parametrize(
    ("fact", "part", "left_out"),
    [
        (stack.Template, template_file.TemplateFile, {"body", "text"}),
        (services.LinkedStack, state.LinkedStack, set()),
        (services.DeployRole, state.DeployRole, set()),
        (snapshot.Snapshot, state.State, set()),
        (planned.ResourceChange, changes.PlannedChange, set()),
        (planned.Plan, changes.Plan, set()),
        (catalogue.CheckInfo, record.Check, set()),
    ],
    ids=lambda value: getattr(value, "__name__", "-"),
)
def test_no_fact_is_lost_on_its_way_into_the_record(fact: Any, part: type[BaseModel], left_out: set[str]) -> None:
    assert {field.name for field in fields(fact)} - set(part.model_fields) == left_out


def test_a_field_nobody_declared_is_refused() -> None:
    text = json.loads(build(builders.evidence(), load("codeocean")).text())

    with pytest.raises(ValidationError, match="Extra inputs"):
        Record.model_validate({**text, "more": 1})
