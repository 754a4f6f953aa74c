"""Nothing AWS says becomes a workflow command of its own, or formats the step summary."""

import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reports.github import LONGEST, annotations, summary
from reports.next_steps import next_steps
from reports.record import Check, Record
from reports.text import one_line
from tests.reports import builders
from tests.reports.builders import HOSTILE, entry, finding, made
from upgrade.catalogue import Outcome, Severity

PATHS = {"report": "evidence/x/data/report/report.html", "junit": "evidence/x/data/report/junit.xml"}
TOLD = {Outcome.FAIL: "error", Outcome.ERROR: "error", Outcome.NOT_RUN: "error", Outcome.WARN: "warning"}
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TEXTS = st.text() | st.text(alphabet="\\`*_[]()|~@#<>&!-+=1.: \n", max_size=12)


@cache
def _record() -> Record:
    told = entry("stack-is-at-rest", outcome=Outcome.FAIL, findings=(finding(),))
    return made(builders.evidence(entries=(told,)))


def record(**changes: Any) -> Record:
    """A record with one check that stands in the way."""
    (check,) = _record().checks
    return _record().model_copy(update={"checks": (check.model_copy(update=changes),)})


def of(*entries: Any) -> Record:
    return made(builders.evidence(entries=entries))


# ---- annotations -----------------------------------------------------------------------------------------------------


def understood(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner takes it: name, properties, message.

    https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
    """
    match = re.match(r"::(\w+)(?: (.*?))?::(.*)\Z", line, re.DOTALL)
    assert match is not None, line
    name, properties, data = match.groups()
    pairs = dict(pair.split("=", 1) for pair in (properties or "").split(","))
    told = {key: _unescaped(value.replace("%3A", ":").replace("%2C", ",")) for key, value in pairs.items()}
    return name, told, _unescaped(data)


def _unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


@pytest.mark.parametrize("outcome", list(Outcome), ids=str)
def test_what_stands_in_the_way_is_an_error_and_a_warning_one(outcome: Outcome) -> None:
    lines = annotations(of(entry("stack-is-at-rest", outcome=outcome)))
    assert [understood(line)[0] for line in lines] == ([TOLD[outcome]] if outcome in TOLD else [])


def test_a_check_that_only_warns_is_no_error() -> None:
    (line,) = annotations(of(entry("quotas", outcome=Outcome.ERROR, severity=Severity.WARNING, detail="denied")))
    assert understood(line) == ("warning", {"title": "Quotas"}, "quotas: denied")


def test_an_annotation_tells_every_finding_with_its_remedy() -> None:
    first, second = finding(), finding(found="100 % full", expected="less", remedy="Grow it")
    (line,) = annotations(record(findings=(first, second)))
    _, properties, message = understood(line)
    assert properties == {"title": "Stack is at rest"}
    assert message.splitlines() == [
        f"stack-is-at-rest: {first.found} (expected: {first.expected}). {first.remedy}",
        "100 % full (expected: less). Grow it.",
    ]


def test_without_findings_the_detail_is_told_and_without_that_the_remedy() -> None:
    (detailed,) = annotations(record(findings=(), detail="100%: a\r\nb"))
    (bare,) = annotations(record(findings=(), detail=""))
    assert detailed.endswith("::stack-is-at-rest: 100%25: a%0Ab")
    assert understood(bare)[2] == f"stack-is-at-rest: {_record().checks[0].remedy}"


@pytest.mark.parametrize(
    ("title", "written"),
    [("a:b", "a%3Ab"), ("a,b", "a%2Cb"), ("50 %", "50 %25"), ("a\nb", "a b"), ("%3A", "%253A"), ("::error::", "%3A%3Aerror%3A%3A")],
)  # fmt: skip
def test_a_title_can_not_end_itself(title: str, written: str) -> None:
    (line,) = annotations(record(title=title))
    assert f" title={written}::" in line


@given(TEXTS, TEXTS)
def test_whatever_is_found_is_one_command_that_says_just_that(title: str, found: str) -> None:
    (line,) = annotations(record(title=title, findings=(finding(found=found, expected="x", remedy="y"),)))
    told = one_line(f"stack-is-at-rest: {found} (expected: x). Y.")
    assert not {"\r", "\n"} & set(line)
    assert understood(line) == ("error", {"title": one_line(title)}, told)


@given(TEXTS.filter(bool))
def test_whatever_a_check_says_without_findings_is_one_command_that_says_just_that(detail: str) -> None:
    (line,) = annotations(record(findings=(), detail=detail))
    assert not {"\r", "\n"} & set(line)
    assert one_line(understood(line)[2]) == one_line(f"stack-is-at-rest: {' '.join(detail.splitlines())}")


@pytest.mark.parametrize("place", ["detail", "title", "found"])
def test_nothing_invisible_reaches_the_log(place: str) -> None:
    told = {"findings": (finding(found=HOSTILE),)} if place == "found" else {"findings": (), place: HOSTILE}
    (line,) = annotations(record(**told))
    assert line.isprintable()


# ---- the step summary ------------------------------------------------------------------------------------------------


def tokens(text: str) -> list[Token]:
    """What a Markdown reader makes of it, inline parts in the place of their paragraph."""
    return [part for token in MARKDOWN.parse(text) for part in (token.children or [token])]


def texts(text: str) -> list[str]:
    """Paragraphs, headings and items, as a reader sees them."""
    inline = [token for token in MARKDOWN.parse(text) if token.type == "inline"]
    return ["".join(child.content for child in token.children or ()) for token in inline]


def test_the_verdict_comes_first_then_blockers_warnings_and_where_to_read_on() -> None:
    assert texts(summary(made(builders.no_go()), PATHS))[:4] == [
        "NO_GO: codeocean",
        "1 check failed: rds-storage-matches-parameter.",
        "Account 111122223333, us-east-1; gate; exit code 10.",
        "What stands in the way",
    ]
    told = texts(summary(made(builders.no_go()), PATHS))
    assert told.index("What stands in the way") < told.index("Warnings")
    assert told[-3:] == [
        "9 checks: 4 pass, 1 warn, 1 fail, 1 error, 2 blocked; 7 min 04 s.",
        f"report: {PATHS['report']}",
        f"junit: {PATHS['junit']}",
    ]


def test_a_run_that_went_well_tells_no_section() -> None:
    told = texts(summary(made(builders.evidence()), PATHS))
    assert not {"What stands in the way", "Warnings"} & set(told)


def test_what_to_do_next_is_told() -> None:
    record = made(builders.no_go())
    told = texts(summary(record, {}))

    steps = [one_line(f"{step.do} {step.paste}") for step in next_steps(record)]
    assert steps
    begin = told.index("Next") + 1
    assert told[begin : begin + len(steps)] == steps


def test_a_sandbox_says_so() -> None:
    assert "SANDBOX: nothing of this happened in a real AWS account." in texts(summary(made(builders.hostile()), {}))
    assert "SANDBOX" not in summary(made(builders.evidence()), {})


def test_a_finding_is_told_whole() -> None:
    told = finding()
    assert f"{told.found}. Expected: {told.expected}. Do this: {told.remedy}" in texts(summary(record(), {}))


def test_hostile_text_stays_text() -> None:
    parts = tokens(summary(made(builders.hostile()), PATHS))
    assert {part.type for part in parts} & {
        "html_inline",
        "html_block",
        "link_open",
        "image",
        "code_inline",
        "fence",
    } == set()
    assert any("<script>alert(1)</script>" in part.content for part in parts)
    assert all(line.isprintable() for line in summary(made(builders.hostile()), PATHS).splitlines())


@given(TEXTS.filter(one_line))
def test_whatever_a_check_says_formats_nothing(detail: str) -> None:
    text, plain = (summary(record(findings=(), detail=each), {}) for each in (detail, "plain"))
    assert one_line(detail) in texts(text)
    assert [part.type for part in tokens(text) if part.type != "text"] == [
        part.type for part in tokens(plain) if part.type != "text"
    ]


@given(TEXTS.filter(one_line))
def test_whatever_a_title_says_formats_nothing(title: str) -> None:
    assert f"{one_line(title)} (fail, URS-07, stack-is-at-rest)" in texts(summary(record(title=title), {}))


def test_a_summary_github_would_drop_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    check: Check = _record().checks[0]
    many = tuple(finding(found="ä" * 1000) for _ in range(LONGEST // 1000))
    text = summary(record(findings=many), PATHS)
    assert check.id in text
    assert LONGEST - 2 <= len(text.encode()) <= 2**20
    assert text.endswith("\n…\n")
