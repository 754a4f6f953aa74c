"""The backup stack: linked or not, stated or not, at rest, new enough."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checks.preflight import check_backup_stack_is_upgraded_first as module
from tests.builders import NOW, acknowledgement, entry, known, linked, review, snapshot, stack, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template

CHECK = module.check_backup_stack_is_upgraded_first
LINK = {"pDestinationBackupVaultArn": "arn:aws:backup:us-east-1:111122223333:backup-vault:v"}


def judged(before: Snapshot, **settings: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    stated = settings.pop("review", review())
    return says(CHECK, before=before, entry=entry(**settings), product=load("codeocean"), review=stated, now=NOW)


def with_backup(version: str = "v1.2.1", **changes: Any) -> Snapshot:
    return snapshot(backup=known(linked(version, **changes)))


POLICY = {"backup": "prod-backup", "backup_policy": {"min_version": "v1.2.1"}}


@pytest.mark.parametrize("version", ["v1.2.1", "v1.10.0"])
def test_a_new_enough_backup_stack_passes(version: str) -> None:
    assert judged(with_backup(version), **POLICY)[0] is Outcome.PASS


def test_an_older_one_fails_and_says_how_to_upgrade_it() -> None:
    outcome, findings = judged(with_backup("v1.2.0"), **POLICY)

    assert outcome is Outcome.FAIL
    assert "--stack prod-backup --upgrade" in findings[0].paste


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"])
def test_one_that_is_not_at_rest_fails(status: str) -> None:
    assert judged(with_backup(status=status), **POLICY)[0] is Outcome.FAIL


def test_a_rolled_back_one_that_is_new_enough_passes() -> None:
    assert judged(with_backup(status="UPDATE_ROLLBACK_COMPLETE"), **POLICY)[0] is Outcome.PASS


def test_without_a_minimum_it_fails_with_the_line_to_write() -> None:
    outcome, findings = judged(with_backup(), backup="prod-backup")

    assert outcome is Outcome.FAIL
    assert findings[0].paste.startswith("min_version = ")


def test_a_link_without_an_entry_fails_with_the_line_to_write() -> None:
    outcome, findings = judged(snapshot(stack=known(stack(parameters=LINK))))

    assert outcome is Outcome.FAIL
    assert findings[0].paste == 'backup = "prod-backup"'


def test_no_link_and_no_entry_is_not_applicable() -> None:
    assert judged(snapshot())[0] is Outcome.NOT_APPLICABLE


def test_a_stated_reason_is_accepted() -> None:
    before = snapshot(stack=known(stack(parameters=LINK)))

    assert judged(before, backup={"none": "the vault belongs to the company"})[0] is Outcome.NOT_APPLICABLE


def unmarked(published: Fact[Template] | None) -> Snapshot:
    return snapshot(backup=known(replace(linked(), template=template("v1.2.1", Metadata={}), published=published)))


def test_without_a_mark_the_published_template_decides() -> None:
    same, other = template("v1.2.1", Metadata={}), template("v1.2.1", Metadata={}, Conditions={})

    assert judged(unmarked(known(same)), **POLICY)[0] is Outcome.PASS
    assert judged(unmarked(known(other)), **POLICY)[0] is Outcome.FAIL


@pytest.mark.parametrize("published", [None, unknown()])
def test_without_mark_and_published_template_it_cannot_tell(published: Fact[Template] | None) -> None:
    assert judged(unmarked(published), **POLICY)[0] is Outcome.ERROR


@pytest.mark.parametrize("before", [snapshot(backup=unknown()), snapshot(stack=unknown())])
def test_what_cannot_be_read_cannot_tell(before: Snapshot) -> None:
    assert judged(before)[0] is Outcome.ERROR


def test_a_person_may_state_it_instead() -> None:
    stated = review(acknowledgement(id="backup_upgraded", at=NOW - timedelta(days=30)))

    assert judged(snapshot(backup=unknown()), review=stated, **POLICY)[0] is Outcome.PASS
    assert (
        judged(snapshot(backup=unknown(), target=known(template("v4.2.0"))), review=stated, **POLICY)[0]
        is Outcome.ERROR
    )


def test_nobody_can_state_what_is_not_so() -> None:
    stated = review(acknowledgement(id="backup_upgraded"))
    assert judged(with_backup("v1.0.0"), review=stated, **POLICY)[0] is Outcome.FAIL


def test_nothing_can_be_stated_for_versions_nobody_knows() -> None:
    stated = review(acknowledgement(id="backup_upgraded", deployed="unknown", target="unknown"))
    before = snapshot(backup=unknown(), template=unknown(), target=unknown())
    assert judged(before, review=stated, **POLICY)[0] is Outcome.ERROR
