from reports import diff
from reports.build import build
from reports.record import Record
from tests.reports import builders
from upgrade.catalogue import Outcome
from upgrade.config.product import load
from upgrade.gate.ledger import Entry


def record(*entries: Entry) -> Record:
    evidence = builders.evidence(entries=entries)
    return build(evidence, load(evidence.product))


def failed(id_: str, *found: str, outcome: Outcome = Outcome.FAIL) -> Entry:
    return builders.entry(id_, outcome=outcome, findings=tuple(builders.finding(found=each) for each in found))


def told(before: Record, now: Record) -> list[str]:
    return list(diff.lines(before, now))[1:]


def test_the_same_run_differs_in_nothing() -> None:
    one = record(failed("stack-is-at-rest", "a"), builders.entry("drift-is-understood"))
    assert told(one, one) == []


def test_new_and_fixed_findings_are_told_one_by_one() -> None:
    before = record(failed("stack-is-at-rest", "a", "b"))
    now = record(failed("stack-is-at-rest", "b", "c"))

    assert told(before, now) == [
        "New (1)",
        "  stack-is-at-rest: AnalyticsDBInstance AllocatedStorage: c",
        "Fixed (1)",
        "  stack-is-at-rest: AnalyticsDBInstance AllocatedStorage: a",
    ]


def test_what_is_newly_waived_is_neither_new_nor_fixed() -> None:
    before, now = record(failed("x-y", "a")), record(failed("x-y", "a", outcome=Outcome.WAIVED))

    assert told(before, now) == ["Newly waived (1)", "  x-y (waived)", "Another outcome (1)", "  x-y: fail → waived"]
    assert "No longer waived (1)" in told(now, before)


def test_a_fingerprint_tells_findings_apart_whatever_their_words() -> None:
    one = builders.finding(found="60 GiB", fingerprint="sha256:1")
    other = builders.finding(found="61 GiB", fingerprint="sha256:1")
    entry = builders.entry("x-y", outcome=Outcome.FAIL, findings=(one,))

    assert told(record(entry), record(builders.entry("x-y", outcome=Outcome.FAIL, findings=(other,)))) == []


def test_checks_of_only_one_run_are_told() -> None:
    before, now = record(builders.entry("x-y")), record(builders.entry("x-z"))
    assert told(before, now) == ["Only in the first (1)", "  x-y (pass)", "Only in the second (1)", "  x-z (pass)"]


def test_no_word_of_a_finding_acts() -> None:
    now = record(failed("x-y", builders.HOSTILE))
    assert "\x1b" not in "".join(told(record(), now))
