"""Worker machines, in groups and alone: in service, on their way in or out, prepared."""

import pytest

from checks.preflight import check_no_workers_running as module
from tests.builders import known, scaling_group, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.compute import Instance, ScalingGroup
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_no_workers_running
SERVICES = scaling_group("InService", **{"codeocean:component": "services"})


def judged(*alone: Instance, **groups: ScalingGroup) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(groups=known(groups), workers=known(alone))
    return says(CHECK, before=before, product=load("codeocean"))


@pytest.mark.parametrize("states", [(), ("Warmed:Stopped",), ("Warmed:Running",)])
def test_empty_groups_and_prepared_machines_pass(states: tuple[str, ...]) -> None:
    assert judged(Workers=scaling_group(*states))[0] is Outcome.PASS


@pytest.mark.parametrize(
    "state",
    [
        "Pending",
        "Pending:Wait",
        "InService",
        "Standby",
        "EnteringStandby",
        "Quarantined",
        "Terminating",
        "Terminating:Wait",
        "Detaching",
        "SomethingNew",
    ],
)
def test_any_other_machine_fails_with_the_way_out(state: str) -> None:
    outcome, findings = judged(Workers=scaling_group("Warmed:Stopped", state))

    assert outcome is Outcome.FAIL
    assert [finding.found for finding in findings] == [f"worker machine i-1 of Workers is {state}"]
    assert (findings[0].logical_id, findings[0].physical_id) == ("Workers", "i-1")
    assert "Enable Maintenance Mode" in findings[0].remedy


def test_machines_of_other_groups_do_not_count() -> None:
    assert judged(Services=SERVICES, Workers=scaling_group())[0] is Outcome.PASS


def test_every_worker_group_counts() -> None:
    outcome, findings = judged(Workers=scaling_group(), GPUWorkers=scaling_group("InService", "Pending"))

    assert (outcome, len(findings)) == (Outcome.FAIL, 2)


def test_a_machine_outside_any_group_fails() -> None:
    outcome, findings = judged(Instance("i-9", "running"), Workers=scaling_group())

    assert (outcome, findings[0].found) == (Outcome.FAIL, "dedicated worker machine i-9 is running")


@pytest.mark.parametrize(("groups", "named"), [({}, "none"), ({"Services": SERVICES}, "Services")])
def test_groups_that_can_not_be_told_from_others_are_told(groups: dict[str, ScalingGroup], named: str) -> None:
    outcome, findings = judged(**groups)

    assert outcome is Outcome.WARN
    assert findings[0].found == (
        f"no Auto Scaling group carries the tag codeocean:component=workers (there are: {named})"
    )


def test_that_is_no_excuse_for_a_machine_outside_any_group() -> None:
    outcome, findings = judged(Instance("i-9", "pending"), Services=SERVICES)

    assert outcome is Outcome.FAIL
    assert [finding.blocking for finding in findings] == [True, False]


def test_a_product_without_workers_is_not_applicable() -> None:
    before = snapshot(groups=unknown(), workers=unknown())

    assert remarks(CHECK, before=before, product=load("generic")) == (
        Outcome.NOT_APPLICABLE,
        "product generic has no worker machines",
    )


@pytest.mark.parametrize(
    "before",
    [
        snapshot(groups=unknown()),
        snapshot(workers=unknown()),
        snapshot(groups=unknown(), workers=known((Instance("i-9", "running"),))),
    ],
    ids=["groups", "machines", "groups beside a machine"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot) -> None:
    assert says(CHECK, before=before, product=load("codeocean"))[0] is Outcome.ERROR
