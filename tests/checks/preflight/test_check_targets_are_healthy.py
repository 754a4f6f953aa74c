"""What is unhealthy before the upgrade is told; it never stops one."""

import pytest

from checks.preflight import check_targets_are_healthy as module
from tests.builders import known, snapshot, target_group, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Outcome
from upgrade.facts.services import TargetGroup

CHECK = module.check_targets_are_healthy


def judged(**groups: TargetGroup) -> tuple[Outcome, list[str]]:
    outcome, findings = says(CHECK, before=snapshot(target_groups=known(groups)))
    assert not any(finding.blocking for finding in findings)
    return outcome, [finding.found for finding in findings]


@pytest.mark.parametrize("state", ["draining", "unused", "unavailable"])
def test_targets_on_their_way_out_are_left_out(state: str) -> None:
    assert judged(Web=target_group("healthy", state)) == (Outcome.PASS, [])


@pytest.mark.parametrize("state", ["unhealthy", "initial"])
def test_what_does_not_serve_warns_with_the_target(state: str) -> None:
    outcome, found = judged(Web=target_group("healthy", state, "draining"), Gateway=target_group("healthy"))

    assert (outcome, found) == (Outcome.WARN, [f"Web: i-1 {state}"])


def test_a_group_without_targets_is_not_applicable() -> None:
    before = snapshot(target_groups=known({"Web": target_group("draining"), "Empty": target_group()}))

    assert remarks(CHECK, before=before) == (
        Outcome.NOT_APPLICABLE,
        "no target group of this stack has targets that should serve",
    )


def test_what_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(target_groups=unknown()))[0] is Outcome.ERROR
