"""`junit.xml`: what a CI server shows of a run. xunit2, as the schema of Jenkins' xunit plugin has it.

Every required check is one test case, so that totals are constant; name and first line are all that every CI shows.
https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reports.record import Check, Record
from reports.text import one_line, sentence, visible
from upgrade.catalogue import Finding, Outcome

_ELEMENTS = {
    Outcome.FAIL: "failure",
    Outcome.ERROR: "error",
    Outcome.NOT_RUN: "error",
    Outcome.NOT_APPLICABLE: "skipped",
    Outcome.WAIVED: "skipped",
    Outcome.DEFERRED: "skipped",
    Outcome.BLOCKED: "skipped",
}
"""What is not here passed."""


def render(record: Record, sha256: str) -> str:
    """The file's text.

    Args:
        record: redacted.
        sha256: of record.json.
    """
    suites = Element("testsuites")
    suite = SubElement(suites, "testsuite", _totals(record))
    properties = SubElement(suite, "properties")
    for name, value in _properties(record, sha256).items():
        SubElement(properties, "property", name=name, value=visible(value))
    for check in record.checks:
        _case(suite, check)
    indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _totals(record: Record) -> dict[str, str]:
    elements = [_ELEMENTS.get(check.outcome, "") for check in record.checks]
    return {
        "name": f"plimsoll {visible(record.subject.entry)}",
        "tests": str(len(elements)),
        "failures": str(elements.count("failure")),
        "errors": str(elements.count("error")),
        "skipped": str(elements.count("skipped")),
        "time": f"{record.run.seconds:.3f}",
        "timestamp": record.run.started.isoformat(),
    }


def _properties(record: Record, sha256: str) -> dict[str, str]:
    return {
        "run": record.run.id,
        "mode": record.run.mode,
        "stack": record.subject.stack_arn or record.subject.stack_name,
        "target": record.subject.target,
        "verdict": record.conclusion.verdict,
        "exit_code": str(record.conclusion.exit_code),
        "sentence": record.conclusion.sentence,
        "sandbox": "true" if record.sandbox else "false",
        "record_sha256": sha256,
    }


def _case(suite: Element, check: Check) -> None:
    case = SubElement(
        suite, "testcase", name=check.id, classname=f"plimsoll.{check.phase}", time=f"{check.seconds:.3f}"
    )
    element = _ELEMENTS.get(check.outcome)
    told = "\n".join(_lines(check))
    if element:
        result = SubElement(case, element, message=sentence(_first(check)), type=check.outcome)
        result.text = told
    elif told:
        SubElement(case, "system-out").text = told


def _first(check: Check) -> str:
    """The sentence that stands where there is room for only one."""
    found = check.findings[0].found if check.findings else check.detail
    return f"{check.title}: {check.outcome}: {found or 'no reason was told'}"


def _lines(check: Check) -> Iterator[str]:
    if check.findings or check.detail:
        yield sentence(_first(check))
    if check.findings and check.detail:
        yield visible(check.detail)
    for finding in check.findings:
        yield from ("", *_finding(finding))


def _finding(finding: Finding) -> Iterator[str]:
    resource = " ".join(filter(None, [finding.logical_id, finding.physical_id, finding.property]))
    told = {
        "resource": resource,
        "found": finding.found,
        "expected": finding.expected,
        "do this": finding.remedy,
        "paste": finding.paste,
    }
    return (f"{name}: {one_line(text)}" for name, text in told.items() if text)
