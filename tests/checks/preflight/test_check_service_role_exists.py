"""The role CloudFormation will use: there, trusting, and no other than so far without a word."""

import pytest

from checks.preflight import check_service_role_exists as module
from tests.builders import entry, known, role, snapshot, stack, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.services import Role
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_service_role_exists
DEPLOY = role().arn
OTHER = "arn:aws:iam::111122223333:role/other"


def judged(
    service_role: Role, sticks: str | None = DEPLOY, configured: str | None = None
) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(stack=known(stack(role_arn=sticks)), service_role=known(service_role))
    return says(CHECK, before=before, entry=entry(service_role_arn=configured))


@pytest.mark.parametrize("configured", [None, DEPLOY], ids=["the stack's", "configured"])
def test_the_role_the_stack_has_passes(configured: str | None) -> None:
    assert judged(role(), configured=configured)[0] is Outcome.PASS


def test_a_role_that_trusts_others_as_well_passes() -> None:
    assert judged(role(trusts=("cloudformation.amazonaws.com", "ec2.amazonaws.com")))[0] is Outcome.PASS


def test_a_role_that_is_gone_fails() -> None:
    outcome, findings = judged(role(exists=False, trusts=()))

    assert (outcome, findings[0].found, findings[0].physical_id) == (Outcome.FAIL, "role deploy does not exist", DEPLOY)


@pytest.mark.parametrize(
    ("trusts", "told"),
    [(("ec2.amazonaws.com", "lambda.amazonaws.com"), "ec2.amazonaws.com, lambda"), ((), "no service")],
)
def test_a_role_that_does_not_trust_cloudformation_fails(trusts: tuple[str, ...], told: str) -> None:
    outcome, findings = judged(role(trusts=trusts))

    assert outcome is Outcome.FAIL
    assert told in findings[0].found
    assert "cloudformation.amazonaws.com" in findings[0].expected


@pytest.mark.parametrize(("sticks", "told"), [(OTHER, OTHER), (None, "the permissions of the caller")])
def test_another_role_than_so_far_is_told(sticks: str | None, told: str) -> None:
    outcome, findings = judged(role(), sticks, configured=DEPLOY)

    assert outcome is Outcome.WARN
    assert findings[0].found.endswith(f"it has used {told}")


def test_another_role_that_is_not_there_fails_and_is_told() -> None:
    outcome, findings = judged(role(exists=False), OTHER, configured=DEPLOY)

    assert outcome is Outcome.FAIL
    assert [finding.blocking for finding in findings] == [True, False]


def test_without_any_role_it_does_not_apply() -> None:
    outcome, why = remarks(CHECK, before=snapshot(service_role=known(None)), entry=entry())

    assert outcome is Outcome.NOT_APPLICABLE
    assert "permissions of the caller" in why


@pytest.mark.parametrize(
    "before",
    [snapshot(service_role=unknown()), snapshot(service_role=known(role()), stack=unknown())],
    ids=["role", "stack"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot) -> None:
    assert says(CHECK, before=before, entry=entry())[0] is Outcome.ERROR
