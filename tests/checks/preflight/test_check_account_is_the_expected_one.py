"""Wrong account, wrong region, nested stack: nothing else is looked at."""

import pytest

from checks.preflight import check_account_is_the_expected_one as module
from tests.builders import ACCOUNT, ARN, entry, known, snapshot, stack, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.known import Reason
from upgrade.facts.stack import Identity

CHECK = module.check_account_is_the_expected_one


def test_the_configured_account_passes() -> None:
    assert says(CHECK, before=snapshot(), entry=entry())[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("identity", "property_"),
    [
        (Identity("999999999999", "arn", "us-east-1"), "account_id"),
        (Identity(ACCOUNT, "arn", "eu-west-2"), "region"),
    ],
)
def test_another_account_or_region_fails(identity: Identity, property_: str) -> None:
    outcome, findings = says(CHECK, before=snapshot(identity=known(identity)), entry=entry())

    assert outcome is Outcome.FAIL
    assert [f.property for f in findings] == [property_]


def test_a_nested_stack_fails_and_names_its_root() -> None:
    before = snapshot(stack=known(stack(parent_arn="arn:parent", root_arn="arn:root")))
    outcome, findings = says(CHECK, before=before, entry=entry())

    assert outcome is Outcome.FAIL
    assert "arn:root" in findings[0].found
    assert findings[0].physical_id == ARN


def test_unknown_credentials_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(identity=unknown(Reason.EXPIRED)), entry=entry())[0] is Outcome.ERROR


def test_an_unreadable_stack_is_another_checks_matter() -> None:
    assert says(CHECK, before=snapshot(stack=unknown()), entry=entry())[0] is Outcome.PASS
