"""The closing lines of a run on a terminal: the verdict first, then what stands in its way and what to do. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from reports.record import Check, Record
from reports.text import count, duration, one_line
from reports.told import TOLD, Section, Unjudged, blockers, warnings
from upgrade.catalogue import Finding, Outcome

Style = Callable[[str, str], str]
"""Given a role (`verdict`, `blocker`, `warning`, `paste`, `quiet`) and a harmless text, the text as it shall look."""


def plain(_role: str, text: str) -> str:
    """No style."""
    return text


def lines(record: Record, paths: Mapping[str, str], style: Style = plain) -> list[str]:
    """The lines, free of anything a terminal would obey unless the style adds it.

    Args:
        record: redacted.
        paths: what to read next, by name, e.g. `report`.
        style: adds colour.
    """
    silent = [check for check in record.checks if check.stops and check.outcome not in TOLD]
    return [
        "",
        *_head(record, style),
        *_section("Blockers", blockers(record), "blocker", style),
        *_section("Warnings", warnings(record), "warning", style),
        *_remarks(record, style),
        *_quiet(record, silent, paths, style),
    ]


def _head(record: Record, style: Style) -> Iterator[str]:
    conclusion, subject = record.conclusion, record.subject
    yield style("verdict", f"{conclusion.verdict}  {one_line(conclusion.sentence)}")
    where = f"{subject.stack_name} in account {subject.account}, {subject.region}"
    yield style("quiet", f"  {one_line(where)}; {record.run.mode}; exit code {conclusion.exit_code}")
    if record.sandbox:
        yield style("warning", "  SANDBOX: nothing of this happened in a real AWS account.")


def _section(title: str, section: Section, role: str, style: Style) -> Iterator[str]:
    if section.number:
        yield ""
        yield style(role, f"{title} ({section.number})")
    for check in section.checks:
        yield from _check(check, role, style)
    for cause in section.causes:
        yield from _unjudged(cause, role, style)


def _unjudged(cause: Unjudged, role: str, style: Style) -> Iterator[str]:
    yield f"  {style(role, cause.title)} ({Outcome.ERROR})"
    for words in cause.causes:
        yield f"      {one_line(words)}"
    yield from _remedy(cause.remedy, cause.paste, style)
    if len(cause.checks) > 1:
        for title, checks in {"Not judged": cause.must_hold, "Not judged, would only warn": cause.only_warn}.items():
            if checks:
                yield f"      {title}: {', '.join(check.id for check in checks)}"


def _remarks(record: Record, style: Style) -> Iterator[str]:
    """What was excepted: no blocker and no warning, and yet nobody may overlook it."""
    waived = [f"{c.id}: {one_line(c.detail)}" for c in record.checks if c.outcome is Outcome.WAIVED]
    waivers = [one_line(waiver.told) for waiver in record.waivers if waiver.told]
    lowered = [f"{id_} only warns here (checks.report_only)" for id_ in record.report_only]
    if told := [*waived, *waivers, *lowered]:
        yield ""
        yield style("warning", f"Exceptions ({len(told)})")
    for line in told:
        yield f"  {line}"


def _check(check: Check, role: str, style: Style) -> Iterator[str]:
    yield f"  {style(role, check.id)} ({check.outcome})"
    if check.detail or not check.findings:
        yield f"      {one_line(check.detail) or check.title}"
    if not check.findings and check.outcome is not Outcome.NOT_RUN:
        yield f"      Do this: {one_line(check.remedy)}"
    for finding in check.findings:
        yield from _finding(finding, style)


def _finding(finding: Finding, style: Style) -> Iterator[str]:
    says_where = re.search(rf"\b{re.escape(finding.logical_id or finding.property)}\b", finding.found)
    where = "" if says_where else " ".join(filter(None, [finding.logical_id, finding.property]))
    found = f"{one_line(finding.found)} (expected: {one_line(finding.expected)})"
    physical_id = one_line(finding.physical_id)
    if physical_id and not physical_id.startswith("arn:") and physical_id not in found:
        found += f" [{physical_id}]"
    yield f"      {one_line(where)}: {found}" if where else f"      {found}"
    yield from _remedy(finding.remedy, finding.paste, style)


def _remedy(remedy: str, paste: str, style: Style) -> Iterator[str]:
    if remedy:
        yield f"      Do this: {one_line(remedy)}"
    for line in paste.splitlines():
        yield f"          {style('paste', one_line(line))}"


def _quiet(record: Record, silent: list[Check], paths: Mapping[str, str], style: Style) -> Iterable[str]:
    yield ""
    if silent:
        yield style("quiet", f"Not run because of the above: {', '.join(check.id for check in silent)}")
    totals = ", ".join(f"{number} {outcome}" for outcome, number in record.totals.items() if number)
    yield style("quiet", f"{count(len(record.checks), 'check')}: {totals}; {duration(record.run.seconds)}")
    width = max(map(len, paths), default=0)
    for name, path in paths.items():
        yield style("quiet", f"{name:<{width}}  {one_line(path)}")
