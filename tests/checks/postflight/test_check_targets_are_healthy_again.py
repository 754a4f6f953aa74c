"""The load balancer's word on the application, against the word before."""

import pytest

from checks.postflight import check_targets_are_healthy_again as module
from tests import builders
from tests.builders import known, snapshot, target_group, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_targets_are_healthy_again


def groups(*states: str) -> Snapshot:
    return snapshot(target_groups=known({"TargetGroupWeb": target_group(*states)}))


def judged(before: Snapshot, after: Snapshot, plan: object = None) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=before, after=after, plan=plan or known(builders.plan()))


@pytest.mark.parametrize("after", [("healthy",), ("healthy", "draining"), ("healthy", "unused")])
def test_healthy_targets_pass(after: tuple[str, ...]) -> None:
    assert judged(before=groups("healthy"), after=groups(*after))[0] is Outcome.PASS


@pytest.mark.parametrize("after", [("unhealthy",), ("initial",), ("healthy", "unhealthy"), (), ("draining",)])
def test_anything_else_fails(after: tuple[str, ...]) -> None:
    outcome, findings = judged(before=groups("healthy"), after=groups(*after))

    assert outcome is Outcome.FAIL
    assert findings[0].logical_id == "TargetGroupWeb"


def test_a_group_that_is_gone_fails() -> None:
    assert judged(before=groups("healthy"), after=snapshot(target_groups=known({})))[0] is Outcome.FAIL


def test_down_as_before_is_a_warning() -> None:
    assert judged(before=groups("unhealthy"), after=groups("unhealthy"))[0] is Outcome.WARN


@pytest.mark.parametrize("before", [("healthy", "unhealthy"), ("initial",)])
def test_partly_down_before_is_no_excuse(before: tuple[str, ...]) -> None:
    assert judged(before=groups(*before), after=groups("unhealthy"))[0] is Outcome.FAIL


def test_partly_down_as_before_is_a_warning() -> None:
    before = groups("healthy", "unhealthy", "healthy")
    assert judged(before=before, after=groups("healthy", "healthy", "unhealthy"))[0] is Outcome.WARN
    assert judged(before=before, after=groups("healthy", "unhealthy", "unhealthy"))[0] is Outcome.FAIL


def test_a_group_that_the_plan_removes_is_not_missed() -> None:
    removal = builders.plan(builders.change("TargetGroupWeb", action="Remove"))
    gone = snapshot(target_groups=known({"TargetGroupApi": target_group("healthy")}))
    assert judged(before=groups("healthy"), after=gone, plan=known(removal))[0] is Outcome.PASS
    assert judged(before=groups("healthy"), after=gone, plan=unknown())[0] is Outcome.FAIL


def test_targets_nobody_looks_at_say_nothing() -> None:
    both = {"TargetGroupWeb": target_group("healthy"), "TargetGroupLambda": target_group("unavailable")}
    assert judged(before=groups("healthy"), after=snapshot(target_groups=known(both)))[0] is Outcome.PASS


def test_a_group_without_targets_before_and_after_says_nothing() -> None:
    both = known({"TargetGroupWeb": target_group("healthy"), "TargetGroupIdle": target_group()})

    assert judged(before=snapshot(target_groups=both), after=snapshot(target_groups=both))[0] is Outcome.PASS


def test_a_new_group_is_judged_without_a_baseline() -> None:
    assert judged(before=snapshot(target_groups=known({})), after=groups("unhealthy"))[0] is Outcome.FAIL


def test_no_targets_at_all_is_not_applicable() -> None:
    assert judged(before=groups(), after=groups())[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("before", "after"),
    [(groups("healthy"), snapshot(target_groups=unknown())), (snapshot(target_groups=unknown()), groups("healthy"))],
)
def test_unreadable_targets_cannot_tell(before: Snapshot, after: Snapshot) -> None:
    assert judged(before=before, after=after)[0] is Outcome.ERROR
