"""Machines of another version or image fail, unless they lagged behind before and the update changed nothing there."""

from dataclasses import replace
from typing import Any

import pytest

from checks.postflight import check_services_run_the_target_image as module
from tests.builders import AMI, known, launch, machine, snapshot, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.compute import Launch, LaunchSource, Machine
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Resource

CHECK = module.check_services_run_the_target_image
NAME, OTHER = "ServicesAutoScalingGroup", "ami-00000000000000000"
OLD = launch(machine(version="1"), sources=(LaunchSource("lt-1", "1", OTHER),))


def judged(now: Launch, was: Launch = OLD, **before: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(
        CHECK,
        before=snapshot(launches=known({NAME: was}), **before),
        after=snapshot(launches=known({NAME: now}), resources=known(LIVE)),
    )


LIVE = (Resource("Template", "lt-1", "AWS::EC2::LaunchTemplate", "UPDATE_COMPLETE"),)


def target(image: str) -> Any:
    data = {"LaunchTemplateData": {"ImageId": image}}
    return known(template(Resources={"Template": {"Type": "AWS::EC2::LaunchTemplate", "Properties": data}}))


def test_machines_of_the_planned_version_and_image_pass() -> None:
    assert judged(launch(machine(), machine(id="i-2")), target=target(AMI))[0] is Outcome.PASS


@pytest.mark.parametrize("state", ["Terminating", "Terminating:Wait", "Detaching"])
def test_old_ones_on_their_way_out_do_not_count(state: str) -> None:
    assert judged(launch(machine(), machine(version="1", state=state)))[0] is Outcome.PASS


@pytest.mark.parametrize("state", ["InService", "Pending", "Standby"])
def test_a_machine_of_the_old_version_fails(state: str) -> None:
    outcome, findings = judged(launch(machine(), machine(id="i-old", version="1", state=state)))

    assert (outcome, findings[0].found) == (Outcome.FAIL, f"{NAME}: i-old was launched from version 1 of lt-1")
    assert (findings[0].logical_id, findings[0].physical_id) == (NAME, "i-old")


@pytest.mark.parametrize("odd", [machine(template="lt-2"), machine(template="", version=""), machine(image=OTHER)])
def test_a_machine_of_another_template_or_image_fails(odd: Machine) -> None:
    assert judged(launch(odd))[0] is Outcome.FAIL


def test_a_machine_that_has_gone_meanwhile_does_not() -> None:
    assert judged(launch(machine(image="")))[0] is Outcome.PASS


def test_versions_that_overrides_name_count_too() -> None:
    sources = (LaunchSource("lt-1", "2", AMI), LaunchSource("lt-arm", "7", OTHER))
    now = launch(machine(), machine(template="lt-arm", version="7", image=OTHER), sources=sources)
    assert judged(now)[0] is Outcome.PASS


def test_an_image_looked_up_at_launch_can_not_be_compared() -> None:
    assert judged(launch(machine(), sources=(LaunchSource("lt-1", "2", "resolve:ssm:/image"),)))[0] is Outcome.PASS


def test_what_lagged_behind_before_and_was_not_changed_is_told() -> None:
    lagging = launch(machine(version="1"))
    assert judged(lagging, was=lagging)[0] is Outcome.WARN


def test_a_version_with_another_image_than_the_target_says_fails() -> None:
    outcome, findings = judged(launch(machine()), target=target(OTHER))

    assert outcome is Outcome.FAIL
    assert findings[0].expected == f"{OTHER}, as the target says"


@pytest.mark.parametrize(
    ("now", "was", "outcome"),
    [
        (launch(), OLD, Outcome.FAIL),
        (launch(machine(state="Pending")), OLD, Outcome.FAIL),
        (launch(desired=0), OLD, Outcome.PASS),
        (launch(), replace(OLD, machines=()), Outcome.PASS),
    ],
    ids=["none", "starting", "none wanted", "none before"],
)
def test_a_group_that_stands_still_fails(now: Launch, was: Launch, outcome: Outcome) -> None:
    assert judged(now, was)[0] is outcome


@pytest.mark.parametrize("groups", [{}, {"G": launch(sources=())}], ids=["no group", "no launch template"])
def test_without_launch_templates_it_does_not_apply(groups: dict[str, Launch]) -> None:
    after = snapshot(launches=known(groups))
    assert remarks(CHECK, before=snapshot(), after=after)[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (snapshot(), snapshot(launches=unknown())),
        (snapshot(launches=unknown()), snapshot()),
        (snapshot(target=unknown()), snapshot()),
    ],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot, after: Snapshot) -> None:
    assert says(CHECK, before=before, after=after)[0] is Outcome.ERROR
