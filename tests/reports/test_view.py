from datetime import timedelta

import pytest

from reports import told, view
from reports.changes import PlannedChange
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import made
from upgrade.catalogue import Outcome, Phase
from upgrade.facts.actual import Agreement, Happened, Kind
from upgrade.gate.decision import EXIT_CODES
from upgrade.gate.mode import Verdict


def test_changes_are_grouped_the_gravest_first() -> None:
    plan = made(builders.big()).plan.value

    assert plan is not None
    groups = view.groups(plan.changes)
    assert [kind for kind, _ in groups] == [
        Kind.REPLACED,
        Kind.MAY_BE_REPLACED,
        Kind.REMOVED,
        Kind.ADDED,
        Kind.MODIFIED,
        Kind.DYNAMIC,
    ]
    assert sum(len(changes) for _, changes in groups) == len(plan.changes) == 300


def change(*paths: str) -> PlannedChange:
    return PlannedChange.model_validate(facts.change("X", *(facts.detail(path=path, name="N") for path in paths)))


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["/Properties/Tags/0/Value"], "Tags.0.Value"),
        (["/Properties/A", "/Properties/A", "/Properties/B"], "A, B"),
        (["/Properties/A", "/Properties/B", "/Properties/C", "/Properties/D", "/Properties/E"], "A, B, C and 2 more"),
        (["/Metadata/x"], "Metadata.x"),
        ([""], "N"),
    ],
    ids=str,
)
def test_what_changes_in_a_few_words(paths: list[str], told: str) -> None:
    assert view.touched(change(*paths)) == told


def test_several_reasons_of_one_property_are_one_row() -> None:
    reasons = (
        facts.detail(source="ParameterReference", causing_entity="pSize", before=None, after=None),
        facts.detail(source="ResourceAttribute", causing_entity="A.Arn", evaluation="Dynamic", before="1", after="2"),
    )
    ((name, told),) = view.details(PlannedChange.model_validate(facts.change("X", *reasons)))

    assert name == "DisplayName"
    assert view.values(told) == ("1", "2")
    assert [view.why(reason) for reason in told] == ["parameter pSize", "attribute A.Arn (dynamic)"]


def test_blockers_leave_out_what_was_only_blocked_by_them() -> None:
    record = made(builders.no_go())

    blockers = told.blockers(record)
    assert [check.id for check in blockers.checks] == ["rds-storage-matches-parameter"]
    assert [check.id for cause in blockers.causes for check in cause.checks] == ["backup-stack-is-upgraded-first"]
    assert blockers.number == 2
    assert [check.id for check in told.warnings(record).checks] == ["termination-protection-is-on"]


def test_checks_by_phase_in_running_order() -> None:
    phases = view.phases(made(builders.evidence()))

    assert [phase for phase, _ in phases] == [Phase.FACTS, Phase.PLAN, Phase.UPGRADE, Phase.POSTFLIGHT]
    assert sum(len(checks) for _, checks in phases) == 14


def test_versions_say_when_they_are_not_known() -> None:
    unread = facts.snapshot(template=facts.unknown(), target=facts.unknown())

    assert view.versions(made(builders.evidence())) == ("v4.0.0", "v4.1.0")
    assert view.versions(made(builders.evidence(before=unread))) == ("not known", "not known")


def test_bars_stay_inside_the_track() -> None:
    bars = view.bars(made(builders.big()))

    assert len(bars) == 300
    assert all(0 <= bar.left <= 100 and bar.width > 0 and bar.left + bar.width <= 100.001 for bar in bars)


def test_bars_tell_what_failed() -> None:
    bars = {bar.change.logical_id: bar for bar in view.bars(made(builders.rolled_back()))}

    assert bars["DataVolume"].tone == "bad"
    assert bars["DataVolume"].reason.startswith("Resource handler returned message")
    assert (bars["AlarmsTopic"].tone, bars["AlarmsTopic"].reason) == ("calm", "")
    assert bars["AnalyticsDBInstance"].tone == "warn"


def test_without_an_update_there_is_no_timeline() -> None:
    assert view.bars(made(builders.no_go())) == []


def test_calls_by_operation() -> None:
    calls = (builders.call(seconds=1), builders.call(seconds=3, outcome="Throttling"), builders.call("CreateChangeSet"))
    record = made(builders.evidence(calls=calls))

    assert view.call_summaries(record.calls) == [
        view.CallSummary("cloudformation:CreateChangeSet", 1, (), 0.043, mutates=True),
        view.CallSummary("cloudformation:DescribeStacks", 2, ("Throttling",), 3, mutates=False),
    ]


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_only_exit_code_zero_looks_good(verdict: Verdict) -> None:
    assert (view.verdict_tone(verdict) == "good") == (EXIT_CODES[verdict] == 0)


def test_every_outcome_and_every_agreement_has_a_symbol_and_a_tone() -> None:
    for word in (*Outcome, *Agreement):
        assert word in view.ICONS
        assert word in view.TONES


def test_a_failure_never_looks_harmless() -> None:
    assert {view.tone(word) for word in (Outcome.FAIL, Outcome.ERROR, Outcome.NOT_RUN, Happened.FAILED)} == {"bad"}


def test_properties_of_two_states_side_by_side() -> None:
    before, after = made(builders.evidence()).before.databases.value, None

    assert before is not None
    rows = view.properties(before["AnalyticsDBInstance"], after)
    assert ("resource id", "db-ABC", None) in rows
    assert ("encrypted", "yes", None) in rows


def test_resource_properties_are_shown_as_json_if_they_are() -> None:
    assert view.pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert view.pretty("not json") == "not json"


def test_moments_are_utc() -> None:
    east = facts.NOW.astimezone(tz=None) + timedelta(0)

    assert view.moment(east) == "2026-11-23 12:00:00 UTC"
    assert view.clock(east) == "12:00:00"
