import csv
import io
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reports import trace
from reports.record import Record
from reports.trace import State
from tests.reports import builders
from tests.reports.builders import check, made
from upgrade.catalogue import Outcome
from upgrade.gate.ledger import Entry
from upgrade.requirements import Qualification, known


def serving(id_: str, *requirements: str, outcome: Outcome = Outcome.PASS, text: str = "") -> Entry:
    return Entry(replace(check(id_), requirements=requirements, requirement=text), outcome)


def record(*entries: Entry) -> Record:
    return made(builders.evidence(entries=entries))


def state(*outcomes: Outcome, requirement: str = "URS-07") -> State:
    entries = [serving(f"check-{number}", requirement, outcome=each) for number, each in enumerate(outcomes)]
    return next(each.state for each in trace.trace(record(*entries)).requirements if each.id == requirement)


def rows(of: Record) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(trace.table(of))))


def test_the_state_of_a_requirement_is_that_of_its_worst_check() -> None:
    assert state(Outcome.PASS, Outcome.WARN, Outcome.NOT_APPLICABLE) is State.VERIFIED
    assert state(Outcome.PASS, Outcome.ERROR, Outcome.FAIL) is State.FAILED
    assert state(Outcome.PASS, Outcome.ERROR, Outcome.BLOCKED) is State.UNCERTAIN
    assert state(Outcome.PASS, Outcome.WAIVED) is State.WAIVED
    assert state(Outcome.NOT_APPLICABLE) is State.NOT_APPLICABLE


def test_what_was_not_executed_is_never_verified() -> None:
    for outcome in set(Outcome) - trace.EXECUTED:
        assert state(outcome) is State.NOT_EXECUTED
        assert state(Outcome.PASS, outcome) is State.PARTLY
    assert state() is State.NOT_EXECUTED


def test_a_requirement_without_an_executed_check_is_a_finding() -> None:
    told = record(serving("one", "URS-01"), serving("two", "URS-02", outcome=Outcome.BLOCKED))

    found = {each.id: each.finding for each in trace.trace(told).uncovered}
    assert "URS-01" not in found
    assert found["URS-02"] == "Not executed: two (blocked)."
    assert found["URS-03"] == "No check of it belongs to a run of mode upgrade."


def test_what_only_the_customer_can_show_is_named_and_no_finding() -> None:
    matrix = trace.trace(record(serving("one", "URS-01")))

    named = [each for each in matrix.requirements if each.qualification is Qualification.PQ]
    assert named
    assert {(each.state, each.finding) for each in named} == {(State.CUSTOMER, "")}


def test_a_check_without_a_requirement_is_an_orphan_unless_it_says_what_it_serves() -> None:
    told = record(serving("acme-one"), serving("acme-two", text="ACME-SOP-112"), serving("three", "URS-01"))

    assert [each.id for each in trace.trace(told).orphans] == ["acme-one"]
    told_rows = {row["check"]: row for row in rows(told) if row["check"]}
    assert told_rows["acme-one"]["finding"] == "This check serves no requirement."
    assert (told_rows["acme-two"]["text"], told_rows["acme-two"]["finding"]) == ("ACME-SOP-112", "")


def test_evidence_is_a_place_in_the_record() -> None:
    told = made(builders.no_go())
    document = json.loads(told.text())

    for each in trace.trace(told).checks:
        file, pointer = each.evidence.split("#/checks/")
        assert (file, document["checks"][int(pointer)]["id"]) == ("data/record.json", each.id)


def test_both_ways_tell_the_same() -> None:
    document = json.loads(trace.render(record(serving("one", "URS-01", "URS-02"), serving("two", "URS-02"))))

    forth = {(each["id"], id_) for each in document["requirements"] for id_ in each["checks"]}
    back = {(id_, each["id"]) for each in document["checks"] for id_ in each["requirements"]}
    assert forth == back == {("URS-01", "one"), ("URS-02", "one"), ("URS-02", "two")}
    assert document["orphans"]["checks"] == []
    assert "URS-03" in document["orphans"]["requirements"]
    assert document["requirements_sha256"]


def test_the_table_has_every_requirement_and_every_check() -> None:
    told = made(builders.no_go())

    assert {row["requirement"] for row in rows(told)} - {""} == set(known())
    assert {row["check"] for row in rows(told)} - {""} == {each.id for each in told.checks}


@given(st.text() | st.sampled_from(["=1+1", "\t=1", "\r\n@x", " -2", "+cmd|' /C calc'!A0", "a,b\n\"c'"]))
def test_no_cell_is_a_formula_or_breaks_out(text: str) -> None:
    cell = trace._cell(text)

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not set(cell) & set("\t\r\n")


def test_hostile_titles_stay_in_their_cells() -> None:
    hostile = replace(check("acme-one"), title='=HYPERLINK("http://x","a")\n,b', requirements=())

    row = next(row for row in rows(record(Entry(hostile, Outcome.PASS))) if row["check"])
    assert row["title"] == '\'=HYPERLINK("http://x","a") ,b'


def test_a_record_of_an_earlier_version_has_no_requirements() -> None:
    told = record(serving("one")).model_copy(update={"requirements": ()})

    assert trace.trace(told).requirements == ()
    assert [row["check"] for row in rows(told)] == ["one"]
