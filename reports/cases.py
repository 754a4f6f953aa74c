"""What programs are told of a run and of each check as a test case, whatever the format (JUnit, CTRF)."""

from collections.abc import Iterator

from reports.record import Check, Record
from reports.text import one_line, sentence, visible
from upgrade.catalogue import Finding


def of_run(record: Record, sha256: str) -> dict[str, str]:
    """What run it was, by name; `sha256` is that of record.json."""
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


def name(check: Check) -> str:
    """Of its test case, unique in a run: the requirements it serves and its id, `URS-18 account-is-the-expected-one`."""
    return " ".join([*check.requirements, check.id])


def suite(check: Check, record: Record) -> tuple[str, str]:
    """The qualification of what it serves, and its phase; `own` where it serves none of our requirements."""
    of = {each.id: each.qualification for each in record.requirements}
    qualifications = sorted({of[id_] for id_ in check.requirements if id_ in of})
    return "+".join(qualifications) or "own", check.phase


def of_check(check: Check) -> Iterator[tuple[str, str]]:
    """What a program asks of a check, name and value; a name may come more than once."""
    yield from (("requirement", id_) for id_ in check.requirements)
    yield "outcome", check.outcome
    yield "severity", check.severity
    yield "stops", "true" if check.stops else "false"
    yield from (("finding", finding.fingerprint) for finding in check.findings if finding.fingerprint)


def first(check: Check) -> str:
    """The sentence that stands where there is room for only one."""
    if not check.findings:
        return sentence(f"{check.title}: {check.outcome}: {check.detail or 'no reason was told'}")
    finding = check.findings[0]
    resource = f" ({finding.logical_id})" if finding.logical_id not in finding.found else ""
    expected = f"; expected: {finding.expected}" if finding.expected else ""
    return sentence(f"{check.title}: {check.outcome}: {finding.found}{resource}{expected}")


def lines(check: Check) -> Iterator[str]:
    """All that it says, the first line a sentence; nothing of one that passed without a remark."""
    if check.findings or check.detail:
        yield first(check)
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
