"""What GitHub Actions shows of a run beside its log: annotations and the step summary. Pure.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

import html
import re
from collections.abc import Iterator, Mapping

from reports.next_steps import Step, next_steps
from reports.record import Check, Record
from reports.text import count, duration, one_line, sentence, visible
from upgrade.catalogue import Outcome

LONGEST = 900_000
"""Bytes; GitHub takes a summary of 1 MiB a step and drops a longer one whole."""

_TOLD = frozenset({Outcome.FAIL, Outcome.ERROR, Outcome.NOT_RUN, Outcome.WARN})


def annotations(record: Record) -> list[str]:
    """Workflow commands: one line a check that stands in the way or warns. GitHub shows ten of each kind."""
    return [
        f"::{'error' if check.stops else 'warning'} title={_value(check.title)}::{_message(_lines(_said(check)))}"
        for check in record.checks
        if check.outcome in _TOLD
    ]


def summary(record: Record, paths: Mapping[str, str]) -> str:
    """The step summary, Markdown."""
    text = "\n".join(_summary(record, paths)) + "\n"
    return text if len(text.encode()) <= LONGEST else text.encode()[:LONGEST].decode(errors="ignore") + "\n…\n"


def _summary(record: Record, paths: Mapping[str, str]) -> Iterator[str]:
    conclusion, subject = record.conclusion, record.subject
    yield f"## {_text(conclusion.verdict)}: {_text(subject.stack_name)}"
    yield ""
    yield _text(sentence(conclusion.sentence))
    if record.sandbox:
        yield "\n**SANDBOX: nothing of this happened in a real AWS account.**"
    yield ""
    yield f"Account {_text(subject.account)}, {_text(subject.region)}; {record.run.mode}; exit code {conclusion.exit_code}."
    for title, checks in {
        "What stands in the way": [check for check in record.checks if check.stops and check.outcome in _TOLD],
        "Warnings": [check for check in record.checks if not check.stops and check.outcome in _TOLD],
    }.items():
        if checks:
            yield from ("", f"### {title}", "", *(line for check in checks for line in _check(check)))
    yield from ("", "### Next", "", *(f"1. {_step(each)}" for each in next_steps(record)))
    totals = ", ".join(f"{number} {outcome}" for outcome, number in record.totals.items() if number)
    yield from ("", f"{count(len(record.checks), 'check')}: {totals}; {duration(record.run.seconds)}.", "")
    for name, path in paths.items():
        yield f"- {name}: {_text(path)}"


def _step(step: Step) -> str:
    return _text(step.do) + (f" {_text(step.paste)}" if step.paste else "")


def _check(check: Check) -> Iterator[str]:
    told = ", ".join([check.outcome, *check.requirements, check.id])
    yield f"- **{_text(check.title)}** ({_text(told)})"
    if check.detail or not check.findings:
        yield f"  - {_text(check.detail or check.remedy)}"
    for finding in check.findings:
        remedy = f" Do this: {_text(finding.remedy)}" if finding.remedy else ""
        yield f"  - {_text(finding.found)}. Expected: {_text(finding.expected)}.{remedy}"


def _said(check: Check) -> str:
    if not check.findings:
        return f"{check.id}: {check.detail or check.remedy}"
    lines = (
        f"{finding.found} (expected: {finding.expected}). {sentence(finding.remedy)}" for finding in check.findings
    )
    return f"{check.id}: " + "\n".join(map(one_line, lines))


def _lines(text: str) -> str:
    return "\n".join(map(visible, text.splitlines()))


def _message(text: str) -> str:
    """The data of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    """The value of a property of a workflow command."""
    return _message(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def _text(text: str) -> str:
    """Untrusted text inside Markdown: nothing in it formats, mentions or embeds."""
    told = re.sub(r"([\\`*_\[\]|~@#])", r"\\\1", html.escape(one_line(text), quote=False))
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", told)  # what begins an item of a list, or underlines a heading
