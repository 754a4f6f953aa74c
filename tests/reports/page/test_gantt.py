from dataclasses import replace

from reports.page import gantt
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import made
from upgrade.gate.evidence import Evidence


def test_bars_stay_inside_the_track() -> None:
    bars = gantt.bars(made(builders.big()))

    assert len(bars) == 300
    assert all(0 <= bar.left <= 100 and bar.width > 0 and bar.left + bar.width <= 100.001 for bar in bars)


def test_bars_tell_what_failed() -> None:
    bars = {bar.change.logical_id: bar for bar in gantt.bars(made(builders.rolled_back()))}

    assert bars["DataVolume"].tone == "bad"
    assert bars["DataVolume"].reason.startswith("Resource handler returned message")
    assert (bars["AlarmsTopic"].tone, bars["AlarmsTopic"].reason) == ("calm", "")
    assert bars["AnalyticsDBInstance"].tone == "warn"


def test_without_an_update_there_is_no_timeline() -> None:
    assert gantt.bars(made(builders.no_go())) == []


def test_a_chart_fits_on_a_page_and_all_share_one_axis() -> None:
    charts = gantt.charts(made(builders.big(100)))

    assert [len(chart.bars) for chart in charts] == [36, 36, 28]
    assert max(chart.height for chart in charts) < 979  # pixels of A4 between the margins
    assert len({chart.ticks for chart in charts}) == 1
    assert [percent for percent, _ in charts[0].ticks] == [0, 25, 50, 75, 100]


def test_where_the_rollback_began_is_drawn() -> None:
    (turned,) = gantt.charts(made(rolled_back_itself()))
    (straight,) = gantt.charts(made(builders.evidence()))

    assert turned.turned is not None
    assert 0 < turned.turned < 100
    assert straight.turned is None


def rolled_back_itself() -> Evidence:
    """CloudFormation names the stack itself in its own events by its ARN."""
    evidence = builders.rolled_back()
    assert evidence.operation is not None
    own = tuple(
        replace(event, physical_id=event.stack_arn) if event.logical_id == "codeocean" else event
        for event in evidence.operation.events
    )
    return replace(evidence, operation=replace(evidence.operation, events=own))


def test_what_a_rollback_did_trails_behind_the_bar() -> None:
    bars = {bar.name: bar for bar in gantt.bars(made(rolled_back_itself()))}

    assert bars["AlarmsTopic"].trail > bars["AlarmsTopic"].left + bars["AlarmsTopic"].width
    assert bars["AlarmsTopic"].look == "solid"
    assert bars["DataVolume"].look == "falling"
    assert bars["AnalyticsDBInstance"].look == "dotted"


def test_a_long_name_is_cut_in_the_chart_alone() -> None:
    change = facts.change("A" * 90)
    events = builders.steps("A" * 90, "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    told = builders.evidence(plan=facts.known(facts.plan(change)), operation=builders.operation(*events))
    (bar,) = gantt.bars(made(told))

    assert len(bar.label) == gantt.LONGEST
    assert bar.label.endswith("…")
    assert bar.name == "A" * 90
