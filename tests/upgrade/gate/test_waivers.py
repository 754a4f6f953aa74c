"""A waiver covers one finding of one stack on one way, until its day; and never what could not be told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, entry, known, snapshot, template
from tests.upgrade.gate.test_results import CHECK, FINDING, SCOPE, waiver
from upgrade.catalogue import Finding, Outcome, catalogue
from upgrade.config.product import load
from upgrade.config.tables import Waiver
from upgrade.gate.ledger import Entry
from upgrade.gate.waivers import NEVER_WAIVED, State, Waivers, fingerprint, scope_of, sentence


def applied(*configured: Waiver, outcome: Outcome = Outcome.FAIL, findings: tuple[Finding, ...] = (FINDING,)) -> Entry:
    waivers = Waivers(configured, SCOPE, NOW)
    return waivers.applied(waivers.marked(Entry(CHECK, outcome, findings)))


def test_a_waiver_in_force_covers_its_finding() -> None:
    result = applied(waiver(ticket="CHG-1"))

    assert result.outcome is Outcome.WAIVED
    assert "QA (CHG-1) until 2026-12-23 12:00 UTC: known" in result.detail


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": NOW},
        {"expires": NOW - timedelta(days=1)},
        {"check": "stack-is-at-rest"},
        {"finding": f"sha256:{'0' * 64}"},
    ],
    ids=str,
)
def test_another_waiver_covers_nothing(changes: dict[str, Any]) -> None:
    assert applied(waiver(**changes)).outcome is Outcome.FAIL


def test_every_blocking_finding_needs_its_own() -> None:
    other = replace(FINDING, found="something else")

    assert applied(waiver(), findings=(FINDING, other)).outcome is Outcome.FAIL
    assert applied(waiver(), findings=(FINDING, replace(other, blocking=False))).outcome is Outcome.WAIVED


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.NOT_RUN, Outcome.BLOCKED])
def test_what_could_not_be_told_is_never_waived(outcome: Outcome) -> None:
    assert applied(waiver(), outcome=outcome).outcome is outcome


@pytest.mark.parametrize("check_id", sorted(NEVER_WAIVED & {info.id for info in catalogue()}))
def test_some_checks_are_never_waived(check_id: str) -> None:
    info = next(info for info in catalogue() if info.id == check_id)
    waivers = Waivers((waiver(check=check_id, finding=fingerprint(check_id, FINDING, SCOPE)),), SCOPE, NOW)

    assert waivers.applied(waivers.marked(Entry(info, Outcome.FAIL, (FINDING,)))).outcome is Outcome.FAIL


@pytest.mark.parametrize("part", ["account", "region", "stack", "deployed", "target"])
def test_a_fingerprint_is_bound_to_the_stack_and_its_way(part: str) -> None:
    assert fingerprint("a", FINDING, SCOPE) != fingerprint("a", FINDING, replace(SCOPE, **{part: "another"}))


@pytest.mark.parametrize("part", ["found", "expected", "logical_id", "property"])
def test_a_fingerprint_is_bound_to_what_was_found(part: str) -> None:
    assert fingerprint("a", FINDING, SCOPE) != fingerprint("a", replace(FINDING, **{part: "another"}), SCOPE)  # type: ignore[arg-type]  # by name


def test_a_fingerprint_outlives_physical_ids_and_runs() -> None:
    one = replace(FINDING, found="change set plimsoll-20261126T120000Z-0a1b2c3d on db-1", physical_id="db-1")
    two = replace(FINDING, found="change set plimsoll-20261127T090807Z-ffffffff on db-2", physical_id="db-2")

    assert fingerprint("a", one, SCOPE) == fingerprint("a", two, SCOPE)


def test_remedies_may_be_reworded() -> None:
    assert fingerprint("a", FINDING, SCOPE) == fingerprint("a", replace(FINDING, remedy="x", paste="y"), SCOPE)


@given(st.lists(st.text(max_size=5), min_size=4, max_size=4), st.lists(st.text(max_size=5), min_size=4, max_size=4))
def test_two_findings_never_share_a_fingerprint(one: list[str], two: list[str]) -> None:
    def made(texts: list[str]) -> Finding:
        return Finding(found=texts[0], expected=texts[1], remedy="", logical_id=texts[2], property=texts[3])

    assert (fingerprint("a", made(one), SCOPE) == fingerprint("a", made(two), SCOPE)) is (one == two)


def test_the_scope_is_what_was_read() -> None:
    before = snapshot(template=known(template("v4.0.0")), target=known(template("v4.1.0")))

    assert scope_of(entry(), before, load("codeocean")) == SCOPE
    assert scope_of(entry(), None, load("codeocean")).deployed == "unknown"


def test_without_version_marks_the_hashes_tell_the_way() -> None:
    before = snapshot(template=known(template("v4.0.0")), target=known(template("v4.1.0")))

    assert scope_of(entry(), before, load("generic")).target == template("v4.1.0").sha256[:12]


def test_what_became_of_each_waiver_is_told() -> None:
    configured = (
        waiver(),
        waiver(expires=NOW - timedelta(hours=1)),
        waiver(check="stack-is-at-rest"),
        waiver(expires=NOW + timedelta(days=3)),
    )
    waivers = Waivers(configured, SCOPE, NOW)
    judged = waivers.judged([waivers.marked(Entry(CHECK, Outcome.FAIL, (FINDING,)))])

    assert [each.state for each in judged] == [State.USED, State.EXPIRED, State.UNUSED, State.USED]
    assert [sentence(each) for each in judged] == [
        "",
        "the waiver for drift-is-understood has expired on 2026-11-23 11:00 UTC and counts for nothing",
        "the waiver for stack-is-at-rest covers nothing that was found: remove it",
        "the waiver for drift-is-understood ends on 2026-11-26 12:00 UTC",
    ]


def test_a_waiver_covers_the_same_finding_after_the_upgrade() -> None:
    again = next(info for info in catalogue() if info.id == "drift-is-clean")

    for named in (CHECK.id, again.id):
        waivers = Waivers((waiver(check=named),), SCOPE, NOW)
        result = waivers.applied(waivers.marked(Entry(again, Outcome.FAIL, (FINDING,))))
        assert result.outcome is Outcome.WAIVED
        assert [each.state for each in waivers.judged([result])] == [State.USED]
    other = Waivers((waiver(check="database-is-intact"),), SCOPE, NOW)
    assert other.applied(other.marked(Entry(again, Outcome.FAIL, (FINDING,)))).outcome is Outcome.FAIL


def test_what_repeats_a_question_repeats_one_that_is_there() -> None:
    ids = {info.id for info in catalogue()}

    assert {info.repeats for info in catalogue()} - {""} <= ids
