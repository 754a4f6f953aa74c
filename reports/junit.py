"""`junit.xml` and `junit-strict.xml`: what a CI server shows of a run.

Every required check is one test case, so that totals are constant. Name and first line are all that every CI shows, so
the name begins with the requirements, and the first line is a sentence. The strict copy is what the schema of Jenkins'
xunit plugin allows; the other has properties inside test cases as well, which xunit2 of pytest has and that schema lacks.
https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
"""

from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reports import cases
from reports.record import Check, Record
from reports.text import visible
from upgrade.catalogue import Outcome

ATTACHED = ("data/report/report.html", "data/record.json")
"""What CI may show beside a failed check."""

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


def render(record: Record, sha256: str, place: str = "") -> str:
    """The text of `junit.xml`.

    Args:
        record: redacted.
        sha256: of record.json.
        place: path of the evidence of this run as CI sees it, for what it shows beside a failed check; empty for nothing.
    """
    attached = [f"[[ATTACHMENT|{place}/{name}]]" for name in ATTACHED] if place else []
    return _render(record, sha256, lambda case, check: _more(case, check, attached))


def strict(record: Record, sha256: str) -> str:
    """The text of `junit-strict.xml`."""
    return _render(record, sha256)


def _render(record: Record, sha256: str, more: Callable[[Element, Check], None] | None = None) -> str:
    suites = Element("testsuites")
    suite = SubElement(suites, "testsuite", _totals(record))
    properties = SubElement(suite, "properties")
    for name, value in cases.of_run(record, sha256).items():
        SubElement(properties, "property", name=name, value=visible(value))
    for check in record.checks:
        case = _case(suite, check, record)
        if more:
            more(case, check)
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


def _case(suite: Element, check: Check, record: Record) -> Element:
    named = {"name": cases.name(check), "classname": _group(check, record), "time": f"{check.seconds:.3f}"}
    case = SubElement(suite, "testcase", {key: visible(text) for key, text in named.items()})
    element = _ELEMENTS.get(check.outcome)
    told = "\n".join(cases.lines(check))
    if element:
        result = SubElement(case, element, message=cases.first(check), type=check.outcome)
        result.text = told
    elif told:
        SubElement(case, "system-out").text = told
    return case


def _group(check: Check, record: Record) -> str:
    """`plimsoll.IQ.facts`: by the qualification of what it serves, then by phase."""
    return ".".join(["plimsoll", *cases.suite(check, record)])


def _more(case: Element, check: Check, attached: Iterable[str]) -> None:
    """What the strict copy lacks: properties, and the files that GitLab and Jenkins show beside a failed test.

    https://docs.gitlab.com/ci/testing/unit_test_reports/#view-junit-screenshots-on-gitlab
    https://plugins.jenkins.io/junit-attachments/
    """
    properties = Element("properties")
    for key, value in cases.of_check(check):
        SubElement(properties, "property", name=key, value=visible(value))
    case.insert(0, properties)
    if attached and _ELEMENTS.get(check.outcome) in {"failure", "error"}:
        SubElement(case, "system-out").text = "\n".join(attached)
