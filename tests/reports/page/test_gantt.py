from reports.page import gantt
from tests.reports import builders
from tests.reports.builders import made


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
