"""A finding stops an upgrade only where the upgrade touches what it is about."""

import pytest

from tests.builders import change, plan, prediction
from upgrade.catalogue import Finding
from upgrade.errors import CannotTell
from upgrade.facts.changes import Unpredicted
from upgrade.rules.relevance import by_relevance, require_predicted, touched


def finding(logical_id: str) -> Finding:
    return Finding("found", "expected", "do this", logical_id=logical_id)


def test_what_the_plan_touches_is_known_by_logical_id() -> None:
    made = plan(change("DataVolume"), change("AlarmsTopic"))
    assert list(touched(made)) == ["DataVolume", "AlarmsTopic"]


def test_findings_about_other_resources_are_only_told() -> None:
    about, other, none = finding("DataVolume"), finding("AnalyticsDBInstance"), finding("")
    assert by_relevance((about, other, none), plan(change("DataVolume"))) == ([about], [other, none])


@pytest.mark.parametrize(
    ("open_", "logical_id", "is_known"),
    [("", "A", False), ("A", "A", False), ("A", "A.B", False), ("A", "AB", True), ("A", "C", True)],
)
def test_what_a_prediction_leaves_open_can_not_be_judged(open_: str, logical_id: str, is_known: bool) -> None:
    made = prediction(unpredicted=(Unpredicted(open_, "a macro"),))
    if is_known:
        require_predicted(made, [logical_id])
    else:
        with pytest.raises(CannotTell, match="a macro"):
            require_predicted(made, [logical_id])


def test_a_change_set_leaves_nothing_open() -> None:
    require_predicted(plan(), ["A"])
    assert plan().unpredicted == ()


def test_what_a_prediction_leaves_open_nobody_can_judge() -> None:
    open_ = prediction(unpredicted=(Unpredicted("Nested", "what changes inside a nested stack is not predicted"),))
    with pytest.raises(CannotTell, match=r"Nested\.Database is not predicted"):
        by_relevance([finding("Nested.Database")], open_)
    assert by_relevance([finding("Other")], open_) == ([], [finding("Other")])
