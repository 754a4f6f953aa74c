import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, canonicalize, fromstring, tostring

import pytest

from reports import junit
from tests.reports import builders
from tests.reports.builders import entry, made
from upgrade.catalogue import Outcome
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Verdict

SHA256 = "ab" * 32
SCHEMA = Path(__file__).parent / "schemas" / "junit-10.xsd"
PLACE = "evidence/nochange_prod_x"


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


def checked(text: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """What xmllint says of it, by the schema of Jenkins' xunit plugin."""
    file = folder / "junit.xml"
    file.write_text(text, encoding="utf-8")
    return subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, file], capture_output=True, text=True, check=False)


xmllint = pytest.mark.skipif(shutil.which("xmllint") is None, reason="xmllint is not installed")


@xmllint
@pytest.mark.parametrize(
    "evidence",
    [*map(builders.of_verdict, Verdict), builders.hostile(), builders.evidence(entries=())],
    ids=[*map(str, Verdict), "hostile", "empty"],
)
def test_the_strict_copy_of_every_ending_is_what_the_schema_allows(evidence: Evidence, tmp_path: Path) -> None:
    run = checked(junit.strict(made(evidence), SHA256), tmp_path)

    assert run.returncode == 0, run.stderr


@xmllint
def test_the_other_is_more_than_the_schema_allows(tmp_path: Path) -> None:
    run = checked(junit.render(made(builders.no_go()), SHA256), tmp_path)

    assert run.returncode == 3
    assert "Element 'properties': This element is not expected" in run.stderr


def test_both_tell_the_same_but_for_properties_and_attachments() -> None:
    record = made(builders.no_go())
    rich = fromstring(junit.render(record, SHA256, PLACE))  # noqa: S314  # our own
    for case_ in rich.iter("testcase"):
        for child in [*case_.findall("properties"), *case_.findall("system-out")]:
            if child.tag == "properties" or "ATTACHMENT" in (child.text or ""):
                case_.remove(child)

    strict = fromstring(junit.strict(record, SHA256))  # noqa: S314  # our own
    assert canonicalize(tostring(rich), strip_text=True) == canonicalize(tostring(strict), strip_text=True)


def properties(element: Element) -> list[tuple[str, str]]:
    return [(each.attrib["name"], each.attrib["value"]) for each in element.iterfind("properties/property")]


def test_a_case_has_what_a_program_asks_for() -> None:
    told = case(Outcome.FAIL, findings=(builders.finding(fingerprint="sha256:1"), builders.finding()))

    assert properties(told) == [
        ("requirement", "URS-07"),
        ("outcome", "fail"),
        ("severity", "blocker"),
        ("stops", "true"),
        ("finding", "sha256:1"),
    ]


def test_name_and_group_tell_the_requirements() -> None:
    stated = entry("stack-is-at-rest")
    served = {
        (): ("stack-is-at-rest", "plimsoll.own.facts"),
        ("URS-07",): ("URS-07 stack-is-at-rest", "plimsoll.IQ.facts"),
        ("URS-33", "URS-07"): ("URS-33 URS-07 stack-is-at-rest", "plimsoll.IQ+OQ.facts"),
    }
    for requirements, expected in served.items():
        serving = replace(stated, check=replace(stated.check, requirements=requirements))
        found = suite(builders.evidence(entries=(serving,))).find("testcase")
        assert found is not None
        assert (found.attrib["name"], found.attrib["classname"]) == expected


def test_ci_finds_report_and_record_beside_what_failed() -> None:
    found = fromstring(junit.render(made(builders.no_go()), SHA256, PLACE))  # noqa: S314  # our own

    attached = {
        each.attrib["name"]: each.findtext("system-out", "").splitlines()
        for each in found.iter("testcase")
        if "ATTACHMENT" in each.findtext("system-out", "")
    }
    assert set(attached) == {"URS-07 backup-stack-is-upgraded-first", "URS-07 rds-storage-matches-parameter"}
    for lines in attached.values():
        assert lines == [
            f"[[ATTACHMENT|{PLACE}/data/report/report.html]]",
            f"[[ATTACHMENT|{PLACE}/data/record.json]]",
        ]
    assert "ATTACHMENT" not in junit.render(made(builders.no_go()), SHA256)


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

    assert [found.attrib["name"] for found in cases] == [f"URS-07 {entry.check.id}" for entry in builders.entries()]
    assert {found.attrib["classname"] for found in cases} == {
        "plimsoll.IQ.facts",
        "plimsoll.IQ.plan",
        "plimsoll.IQ.upgrade",
        "plimsoll.IQ.postflight",
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

    assert [child.tag for child in case(outcome, detail=detail)] == ["properties", *tags]


def test_every_outcome_has_been_thought_of() -> None:
    passed = {Outcome.PASS, Outcome.WARN}

    assert set(Outcome) - passed == set(junit._ELEMENTS)


def test_the_message_is_a_whole_sentence_and_the_text_tells_what_to_do() -> None:
    failure = case(Outcome.FAIL, findings=(builders.finding(), builders.finding(found="another"))).find("failure")

    assert failure is not None
    assert failure.attrib == {
        "message": "Stack is at rest: fail: the database has 60 GiB, the plan sets 20 (AnalyticsDBInstance); "
        "expected: at least what the database has.",
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


def test_a_resource_is_named_once() -> None:
    failure = case(Outcome.FAIL, findings=(builders.finding(found="AnalyticsDBInstance has 60 GiB", expected=""),))

    assert [each.attrib["message"] for each in failure.iter("failure")] == [
        "Stack is at rest: fail: AnalyticsDBInstance has 60 GiB."
    ]


def test_a_result_without_a_reason_says_so() -> None:
    error = case(Outcome.ERROR).find("error")

    assert error is not None
    assert error.attrib["message"] == "Stack is at rest: error: no reason was told."


def test_the_suite_says_what_run_it_was() -> None:
    told = {
        found.attrib["name"]: found.attrib["value"]
        for found in suite(builders.hostile()).iterfind("properties/property")
    }

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


@xmllint
def test_another_parser_accepts_it(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    file.write_text(junit.render(made(builders.hostile()), SHA256, PLACE), encoding="utf-8")

    subprocess.run(["xmllint", "--noout", file], check=True)
