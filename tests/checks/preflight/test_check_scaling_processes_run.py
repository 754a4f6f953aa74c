"""Suspended processes and instance refreshes stop a plan that touches the group, and are told where it does not."""

from dataclasses import replace

import pytest

from checks.preflight import check_scaling_processes_run as module
from tests.builders import change, known, plan, scaling_group, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan
from upgrade.facts.compute import Refresh
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_scaling_processes_run
NAME = "ServicesAutoScalingGroup"
TOUCHED, UNTOUCHED = plan(change(NAME)), plan()
SIDES = pytest.mark.parametrize(("made", "outcome"), [(TOUCHED, Outcome.FAIL), (UNTOUCHED, Outcome.WARN)])


def judged(made: Plan, *suspended: str, refreshes: tuple[Refresh, ...] = ()) -> tuple[Outcome, tuple[Finding, ...]]:
    group = replace(scaling_group("InService"), suspended=suspended)
    before = snapshot(groups=known({NAME: group}), refreshes=known({NAME: refreshes}))
    return says(CHECK, before=before, plan=known(made))


@pytest.mark.parametrize("suspended", [(), ("AZRebalance",), ("AlarmNotification", "ScheduledActions")])
def test_a_group_whose_machines_come_and_go_passes(suspended: tuple[str, ...]) -> None:
    assert judged(TOUCHED, *suspended)[0] is Outcome.PASS


def test_warm_pools_and_other_sizes_do_not_matter() -> None:
    groups = {NAME: scaling_group("InService"), "Workers": scaling_group("Warmed:Stopped", "Warmed:Stopped")}
    before = snapshot(groups=known(groups))
    assert says(CHECK, before=before, plan=known(plan(change(NAME), change("Workers"))))[0] is Outcome.PASS


@SIDES
@pytest.mark.parametrize("process", ["Launch", "Terminate", "HealthCheck", "ReplaceUnhealthy"])
def test_a_suspended_process_blocks_where_the_plan_touches_the_group(
    process: str, made: Plan, outcome: Outcome
) -> None:
    said, findings = judged(made, process, "AZRebalance")

    assert (said, findings[0].found) == (outcome, f"in {NAME} these processes are suspended: {process}")
    assert findings[0].paste == (
        f"aws autoscaling resume-processes --auto-scaling-group-name codeocean-workers --scaling-processes {process}"
    )


@SIDES
def test_an_instance_refresh_blocks_where_the_plan_touches_the_group(made: Plan, outcome: Outcome) -> None:
    said, findings = judged(made, refreshes=(Refresh("r-1", "Baking"),))

    assert (said, findings[0].found) == (outcome, f"instance refresh r-1 of {NAME} is Baking")


def test_a_stack_without_groups_is_not_applicable() -> None:
    before = snapshot(groups=known({}))
    assert remarks(CHECK, before=before, plan=known(TOUCHED))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    "before", [snapshot(groups=unknown()), snapshot(refreshes=unknown())], ids=["groups", "refreshes"]
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot) -> None:
    assert says(CHECK, before=before, plan=known(UNTOUCHED))[0] is Outcome.ERROR
