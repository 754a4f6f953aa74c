"""What is backed up has a recent recovery point; whoever backs it up, and how."""

from datetime import timedelta
from typing import Any

import pytest

from checks.preflight import check_recovery_points_are_recent as module
from tests.builders import DATABASE_ARN, NOW, RESOURCES, VOLUME_ARN, entry, known, point, selection, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.backups import RecoveryPoint
from upgrade.facts.stack import Resource

CHECK = module.check_recovery_points_are_recent
VOLUME, DATABASE = "DataVolume", "AnalyticsDBInstance"
BY_TAGS = selection(plan="company", resources=(), by_tags=True, vaults=("company",))


def facts(
    points: dict[str, RecoveryPoint | None] | None = None, hours: float | None = None, **more: Any
) -> dict[str, Any]:
    found = more if points is None else {"recovery_points": known(points), **more}
    policy = {} if hours is None else {"recovery_point_max_age_hours": hours}
    return {"before": snapshot(**found), "entry": entry(backup_policy=policy), "product": load("codeocean"), "now": NOW}


def aged(hours: float, **changes: Any) -> dict[str, RecoveryPoint | None]:
    """A volume backed up so long ago, and a database backed up today."""
    return {VOLUME: point(created=NOW - timedelta(hours=hours), **changes), DATABASE: point(DATABASE_ARN)}


def judged(*arguments: Any, **more: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, **facts(*arguments, **more))


def test_a_recovery_point_of_today_is_enough() -> None:
    assert judged()[0] is Outcome.PASS


@pytest.mark.parametrize(("hours", "outcome"), [(30, Outcome.PASS), (30.1, Outcome.FAIL), (500, Outcome.FAIL)])
def test_the_product_says_how_old_one_may_be(hours: float, outcome: Outcome) -> None:
    assert judged(aged(hours))[0] is outcome


@pytest.mark.parametrize(("limit", "outcome"), [(49, Outcome.PASS), (47, Outcome.FAIL)])
def test_the_configuration_may_say_otherwise(limit: float, outcome: Outcome) -> None:
    assert judged(aged(48), limit)[0] is outcome


def test_an_old_one_is_told_with_the_line_that_makes_a_new_one() -> None:
    outcome, findings = judged(aged(48))

    assert outcome is Outcome.FAIL
    assert [(each.logical_id, each.physical_id) for each in findings] == [(VOLUME, VOLUME_ARN)]
    assert findings[0].found == "the newest recovery point of DataVolume is of 2026-11-21 12:00 UTC"
    assert findings[0].paste == (
        f"aws backup start-backup-job --backup-vault-name codeocean-v1 --resource-arn {VOLUME_ARN} "
        "--iam-role-arn arn:aws:iam::111122223333:role/backup --region us-east-1"
    )


def test_what_a_selection_names_and_nobody_ever_backed_up_blocks() -> None:
    outcome, findings = judged({VOLUME: None, DATABASE: point(DATABASE_ARN)})

    assert outcome is Outcome.FAIL
    assert findings[0].found == "DataVolume has no recovery point"


def test_a_continuous_backup_is_as_recent_as_now() -> None:
    assert judged(aged(500, continuous=True))[0] is Outcome.PASS


def test_a_snapshot_made_by_hand_counts() -> None:
    assert judged(aged(2, vault=""))[0] is Outcome.PASS


def test_a_companys_own_plan_that_goes_by_tags_is_as_good() -> None:
    assert judged(aged(3, vault="company"), selections=known((BY_TAGS,)))[0] is Outcome.PASS


def test_where_tags_decide_what_was_backed_up_once_must_still_be() -> None:
    outcome, findings = judged(aged(48, vault="company"), selections=known((BY_TAGS,)))

    assert outcome is Outcome.FAIL
    assert "--backup-vault-name company" in findings[0].paste


def test_where_tags_decide_what_never_was_is_told() -> None:
    points = {VOLUME: None, DATABASE: point(DATABASE_ARN)}

    assert remarks(CHECK, **facts(points, selections=known((BY_TAGS,)))) == (
        Outcome.PASS,
        "in no backup selection: EC2 Volume DataVolume",
    )


def test_what_holds_data_and_is_in_no_selection_is_told() -> None:
    more = (
        Resource("Cache", "cache", "AWS::ElastiCache::ReplicationGroup", ""),
        Resource("Files", "fs-1", "AWS::EFS::FileSystem", ""),
        Resource("Key", "1", "AWS::KMS::Key", ""),
    )

    assert remarks(CHECK, **facts(resources=known((*RESOURCES, *more)))) == (
        Outcome.PASS,
        "in no backup selection: EFS FileSystem Files; ElastiCache ReplicationGroup Cache",
    )


def test_without_any_backup_it_does_not_apply() -> None:
    outcome, remark = remarks(CHECK, **facts({}, selections=known(())))

    assert outcome is Outcome.NOT_APPLICABLE
    assert "EC2 Volume DataVolume" in remark


@pytest.mark.parametrize("fact", ["resources", "selections", "recovery_points"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert judged(**{fact: unknown()})[0] is Outcome.ERROR
