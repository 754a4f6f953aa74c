"""What was in a backup selection before must be in one after, with a vault that exists."""

from dataclasses import replace
from typing import Any

import pytest

from checks.postflight import check_backups_still_cover_everything as module
from tests.builders import DATABASE_ARN, RESOURCES, VAULT, VOLUME_ARN, known, selection, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome

CHECK = module.check_backups_still_cover_everything
VOLUME = "DataVolume"


def judged(before: Any = None, **after: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=before or snapshot(), after=snapshot(**after))


def test_what_is_covered_as_before_is_fine() -> None:
    assert judged()[0] is Outcome.PASS


@pytest.mark.parametrize(
    "now",
    [
        selection(plan="company", vaults=("company",)),
        selection(resources=("arn:aws:ec2:*:*:volume/*", DATABASE_ARN)),
        selection(resources=("*",)),
    ],
)
def test_another_plan_or_vault_that_covers_it_is_as_good(now: Any) -> None:
    assert judged(selections=known((now,)), vaults=known({"codeocean-v1": VAULT, "company": VAULT}))[0] is Outcome.PASS


@pytest.mark.parametrize(
    "now",
    [
        (),
        (selection(resources=(DATABASE_ARN,)),),
        (selection(resources=("*",), excluded=(VOLUME_ARN,)),),
        (selection(by_tags=True), selection(resources=(DATABASE_ARN,))),
    ],
)
def test_what_is_in_no_selection_any_more_fails(now: Any) -> None:
    outcome, findings = judged(selections=known(now))

    assert outcome is Outcome.FAIL
    assert f"{VOLUME} is in no selection of a backup plan any more" in {finding.found for finding in findings}


def test_a_volume_that_was_replaced_is_another_one() -> None:
    new = tuple(replace(each, physical_id="vol-2") if each.logical_id == VOLUME else each for each in RESOURCES)
    outcome, findings = judged(resources=known(new))

    assert outcome is Outcome.FAIL
    assert [finding.physical_id for finding in findings] == [VOLUME_ARN.replace("vol-1", "vol-2")]


def test_a_vault_that_is_gone_covers_nothing() -> None:
    outcome, findings = judged(vaults=known({}))

    assert outcome is Outcome.FAIL
    assert findings[0].found.endswith("is backed up into codeocean-v1, which does not exist")


def test_what_left_the_stack_is_judged_elsewhere() -> None:
    left = tuple(each for each in RESOURCES if each.logical_id != VOLUME)

    assert judged(resources=known(left))[0] is Outcome.PASS


def test_what_was_not_covered_need_not_be() -> None:
    assert judged(snapshot(selections=known(())))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["resources", "selections", "vaults"])
def test_what_cannot_be_read_afterwards_cannot_tell(fact: str) -> None:
    assert judged(**{fact: unknown()})[0] is Outcome.ERROR


def test_without_how_it_was_it_cannot_tell() -> None:
    assert judged(snapshot(selections=unknown()))[0] is Outcome.ERROR
