from reports.page import tables
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import made
from upgrade.catalogue import Phase


def test_checks_by_phase_in_running_order() -> None:
    phases = tables.phases(made(builders.evidence()))

    assert [phase for phase, _ in phases] == [Phase.FACTS, Phase.PLAN, Phase.UPGRADE, Phase.POSTFLIGHT]
    assert sum(len(checks) for _, checks in phases) == 14


def test_versions_say_when_they_are_not_known() -> None:
    unread = facts.snapshot(template=facts.unknown(), target=facts.unknown())

    assert tables.versions(made(builders.evidence())) == ("v4.0.0", "v4.1.0")
    assert tables.versions(made(builders.evidence(before=unread))) == ("not known", "not known")


def test_calls_by_operation() -> None:
    calls = (builders.call(seconds=1), builders.call(seconds=3, outcome="Throttling"), builders.call("CreateChangeSet"))
    record = made(builders.evidence(calls=calls))

    assert tables.call_summaries(record.calls) == [
        tables.CallSummary("cloudformation:CreateChangeSet", 1, (), 0.043, mutates=True),
        tables.CallSummary("cloudformation:DescribeStacks", 2, ("Throttling",), 3, mutates=False),
    ]


def test_properties_of_two_states_side_by_side() -> None:
    before, after = made(builders.evidence()).before.databases.value, None

    assert before is not None
    rows = tables.properties(before["AnalyticsDBInstance"], after)
    assert ("resource id", "db-ABC", None) in rows
    assert ("encrypted", "yes", None) in rows
