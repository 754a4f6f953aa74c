import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from reports import junit
from tests.reports import builders
from tests.reports.builders import entry, made
from upgrade.catalogue import Outcome
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Verdict

SHA256 = "ab" * 32
CHILDREN: dict[str, set[str]] = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "property": set(),
    "testcase": {"skipped", "error", "failure", "system-out"},
    "skipped": set(),
    "error": set(),
    "failure": set(),
    "system-out": set(),
}
ATTRIBUTES: dict[str, set[str]] = {
    "testsuites": set(),
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "skipped": {"message", "type"},
    "error": {"message", "type"},
    "failure": {"message", "type"},
    "system-out": set(),
}
"""What junit-10.xsd allows of what we write: no property inside a test case, nothing of our own invention."""


def rendered(evidence: Evidence) -> Element:
    return fromstring(junit.render(made(evidence), SHA256))  # noqa: S314  # our own


def suite(evidence: Evidence) -> Element:
    found = rendered(evidence).find("testsuite")
    assert found is not None
    return found


def case(outcome: Outcome, **changes: Any) -> Element:
    found = suite(builders.evidence(entries=(entry("stack-is-at-rest", outcome=outcome, **changes),))).find("testcase")
    assert found is not None
    return found


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_every_ending_has_the_structure_of_the_schema(verdict: Verdict) -> None:
    for element in rendered(builders.of_verdict(verdict)).iter():
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        assert set(element.attrib) == ATTRIBUTES[element.tag]


@pytest.mark.parametrize(
    "evidence", [builders.no_go(), builders.hostile(), builders.evidence()], ids=lambda e: e.decision.verdict
)
def test_totals_are_what_stands_below(evidence: Evidence) -> None:
    told = suite(evidence)

    cases = told.findall("testcase")
    assert int(told.attrib["tests"]) == len(cases) == len(evidence.entries)
    for attribute, tag in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
        assert int(told.attrib[attribute]) == len(told.findall(f"testcase/{tag}"))


def test_a_case_is_named_by_its_check_and_its_phase() -> None:
    cases = suite(builders.evidence()).findall("testcase")

    assert [found.attrib["name"] for found in cases] == [entry.check.id for entry in builders.entries()]
    assert {found.attrib["classname"] for found in cases} == {
        "plimsoll.facts",
        "plimsoll.plan",
        "plimsoll.upgrade",
        "plimsoll.postflight",
    }
    assert len({found.attrib["name"] for found in cases}) == len(cases), "some servers drop a second case of one name"


@pytest.mark.parametrize(
    ("outcome", "tags"),
    [
        (Outcome.PASS, []),
        (Outcome.WARN, ["system-out"]),
        (Outcome.FAIL, ["failure"]),
        (Outcome.ERROR, ["error"]),
        (Outcome.NOT_RUN, ["error"]),
        (Outcome.NOT_APPLICABLE, ["skipped"]),
        (Outcome.BLOCKED, ["skipped"]),
    ],
    ids=str,
)
def test_each_outcome_as_ci_knows_it(outcome: Outcome, tags: list[str]) -> None:
    detail = "" if outcome is Outcome.PASS else "there is a reason"

    assert [child.tag for child in case(outcome, detail=detail)] == tags


def test_every_outcome_has_been_thought_of() -> None:
    passed = {Outcome.PASS, Outcome.WARN}

    assert set(Outcome) - passed == set(junit._ELEMENTS)


def test_the_message_is_a_whole_sentence_and_the_text_tells_what_to_do() -> None:
    failure = case(Outcome.FAIL, findings=(builders.finding(), builders.finding(found="another"))).find("failure")

    assert failure is not None
    assert failure.attrib == {
        "message": "Stack is at rest: fail: the database has 60 GiB, the plan sets 20.",
        "type": "fail",
    }
    assert failure.text is not None
    lines = failure.text.splitlines()
    assert lines[0] == failure.attrib["message"]
    assert "resource: AnalyticsDBInstance codeocean-db AllocatedStorage" in lines
    assert "expected: at least what the database has" in lines
    assert "do this: Write the actual size into stacks.toml, or let it follow the database." in lines
    assert 'paste: [stacks.prod.parameters] pRdsAllocatedStorage = "actual"' in lines
    assert "found: another" in lines


def test_a_result_without_a_reason_says_so() -> None:
    error = case(Outcome.ERROR).find("error")

    assert error is not None
    assert error.attrib["message"] == "Stack is at rest: error: no reason was told."


def test_the_suite_says_what_run_it_was() -> None:
    told = {found.attrib["name"]: found.attrib["value"] for found in suite(builders.hostile()).iter("property")}

    assert told["run"] == builders.RUN
    assert told["verdict"] == "ROLLED_BACK"
    assert told["exit_code"] == "20"
    assert told["sandbox"] == "true"
    assert told["record_sha256"] == SHA256
    assert told["stack"].startswith("arn:aws:cloudformation:")


def test_hostile_text_stays_text() -> None:
    text = junit.render(made(builders.hostile()), SHA256)

    assert "<script" not in text
    assert "]]>" not in text
    assert "\\x1b[31mred" in text
    assert not set(text) & {chr(code) for code in range(32) if chr(code) not in "\n\t"}
    fromstring(text)  # noqa: S314  # our own


@pytest.mark.skipif(shutil.which("xmllint") is None, reason="xmllint is not installed")
def test_another_parser_accepts_it(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    file.write_text(junit.render(made(builders.hostile()), SHA256), encoding="utf-8")

    subprocess.run(["xmllint", "--noout", file], check=True)
