"""Keys must be enabled, secrets that are resolved must be there; what can't be read is named, not taken for usable."""

from dataclasses import replace
from typing import Any

import pytest

from checks.preflight import check_keys_are_usable as module
from tests.builders import KEY, NOW, key, known, secret, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Outcome
from upgrade.facts.known import Reason
from upgrade.facts.stack import Resource

CHECK = module.check_keys_are_usable
OTHER = "alias/aws/ebs"


def test_enabled_keys_and_secrets_that_exist_are_fine() -> None:
    assert says(CHECK, before=snapshot())[0] is Outcome.PASS


@pytest.mark.parametrize(
    "state", ["Disabled", "PendingDeletion", "Unavailable", "PendingImport", "absent", "Brand-new"]
)
def test_a_key_that_is_not_enabled_blocks(state: str) -> None:
    outcome, findings = says(CHECK, before=snapshot(keys=known({KEY: known(key(state)), OTHER: known(key())})))

    assert outcome is Outcome.FAIL
    assert [finding.found for finding in findings] == [f"key {KEY} is {state}; it encrypts DataVolume"]


def test_a_key_whose_primary_region_moves_is_usable() -> None:
    assert says(CHECK, before=snapshot(keys=known({KEY: known(key("Updating"))})))[0] is Outcome.PASS


def test_a_key_of_the_stack_is_named_and_saved_before_it_is_deleted() -> None:
    own = Resource("DataKey", KEY.split("/")[-1], "AWS::KMS::Key", "CREATE_COMPLETE")
    before = snapshot(keys=known({KEY: known(key("PendingDeletion"))}), resources=known((own,)))
    _, (finding,) = says(CHECK, before=before)

    assert (finding.logical_id, finding.physical_id) == ("DataKey", KEY)
    assert finding.paste == f"aws kms cancel-key-deletion --key-id {KEY}"


@pytest.mark.parametrize(
    ("state", "said"),
    [({"exists": False}, "does not exist"), ({"deleted": NOW}, "is scheduled for deletion (2026-11-23)")],
)
def test_a_secret_that_is_not_there_or_will_not_be_blocks(state: dict[str, Any], said: str) -> None:
    outcome, findings = says(CHECK, before=snapshot(secrets=known({"password": known(secret(**state))})))

    assert outcome is Outcome.FAIL
    assert findings[0].found.startswith(f"secret password {said}; the target's AnalyticsDBInstance")


def test_what_may_not_be_read_is_named_each() -> None:
    before = snapshot(
        keys=known({KEY: unknown(call="kms:DescribeKey"), OTHER: known(key())}),
        secrets=known({"password": unknown(call="secretsmanager:DescribeSecret")}),
    )
    outcome, findings = says(CHECK, before=before)

    assert outcome is Outcome.ERROR
    assert [finding.physical_id for finding in findings] == [KEY, "password"]
    assert [
        "allow kms:DescribeKey" in findings[0].remedy,
        "allow secretsmanager:DescribeSecret" in findings[1].remedy,
    ] == [True] * 2


def test_a_disabled_key_blocks_whatever_else_may_not_be_read() -> None:
    before = snapshot(keys=known({KEY: known(key("Disabled")), OTHER: unknown()}))

    assert says(CHECK, before=before)[0] is Outcome.FAIL


def test_a_secret_whose_name_only_aws_knows_is_told() -> None:
    why = replace(unknown(Reason.NOT_ASKED), detail="only AWS knows its name")

    assert remarks(CHECK, before=snapshot(secrets=known({"a secret of Redis": why}))) == (
        Outcome.PASS,
        "a secret of Redis was not looked at: only AWS knows its name",
    )


def test_without_key_and_secret_it_does_not_apply() -> None:
    assert says(CHECK, before=snapshot(keys=known({}), secrets=known({})))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["keys", "secrets"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert says(CHECK, before=snapshot(**{fact: unknown()}))[0] is Outcome.ERROR
