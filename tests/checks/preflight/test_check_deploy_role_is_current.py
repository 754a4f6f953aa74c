"""The deployment role: its stack's version, and what is really in force on it."""

from dataclasses import replace
from typing import Any

import pytest

from checks.preflight import check_deploy_role_is_current as module
from tests.builders import ROLE, deploy_role, entry, known, role_template, snapshot, stack, statement, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.known import Fact
from upgrade.facts.services import DeployRole, LinkedStack
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_deploy_role_is_current


def judged(role: Fact[DeployRole | None], **changes: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=snapshot(deploy_role=role, **changes), entry=entry(), product=load("codeocean"))


def from_stack(version: str | None) -> DeployRole:
    return deploy_role(linked=LinkedStack("prod-role", stack(name="role"), role_template(version)))


@pytest.mark.parametrize("version", ["v4.1.0", "v4.2.0"])
def test_a_current_role_passes(version: str) -> None:
    assert judged(known(from_stack(version)))[0] is Outcome.PASS


def test_an_outdated_role_fails_and_says_how_to_upgrade_it() -> None:
    outcome, findings = judged(known(from_stack("v4.0.0")))

    assert outcome is Outcome.FAIL
    assert findings[0].paste == "pytest --stack prod-role --to=v4.1.0 --upgrade"


def test_a_role_narrowed_by_hand_fails_whatever_its_stack_says() -> None:
    outcome, findings = judged(known(deploy_role(statement("s3:Get*"))))

    assert outcome is Outcome.FAIL
    assert "does not grant s3:* on *" in findings[0].found


def test_a_deny_put_on_by_hand_fails() -> None:
    role = deploy_role(statement("s3:*"), statement("s3:DeleteBucket", effect="Deny"))

    assert judged(known(role))[0] is Outcome.FAIL


def test_a_wider_role_made_by_hand_passes_by_what_it_grants() -> None:
    by_hand = deploy_role(statement("*"), linked=None, published=known(role_template()))

    assert judged(known(by_hand))[0] is Outcome.PASS


def test_without_a_mark_the_targets_role_template_measures() -> None:
    unmarked = replace(from_stack(None), published=known(role_template("v4.1.0", "s3:*", "ec2:*")))

    assert "does not grant ec2:* on *" in judged(known(unmarked))[1][0].found


def test_another_role_on_the_stack_is_told() -> None:
    used = known(stack(role_arn="arn:aws:iam::111122223333:role/other"))
    outcome, findings = judged(known(deploy_role()), stack=used)

    assert outcome is Outcome.WARN
    assert "role/other" in findings[0].found


def test_a_conditional_deny_only_warns() -> None:
    guard = replace(statement("s3:*", effect="Deny"), condition='{"StringNotEquals": {"aws:RequestedRegion": "x"}}')

    assert judged(known(deploy_role(statement("s3:*"), guard)))[0] is Outcome.WARN


def test_the_products_own_role_without_an_entry_fails_with_the_line_to_write() -> None:
    arn = f"arn:aws:iam::111122223333:role/{ROLE}"
    outcome, findings = judged(known(None), stack=known(stack(role_arn=arn)))

    assert outcome is Outcome.FAIL
    assert findings[0].paste == f'deploy_role = {{ role = "{arn}" }}'


def test_no_role_at_all_is_not_applicable() -> None:
    assert judged(known(None))[0] is Outcome.NOT_APPLICABLE


def unresolvable() -> DeployRole:
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": {"Fn::GetAtt": ["B", "Arn"]}}]}
    template = replace(
        role_template(),
        body={
            **role_template().body,
            "Resources": {"P": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": document}}},
        },
    )
    return deploy_role(linked=LinkedStack("prod-role", stack(), template))


@pytest.mark.parametrize(
    "before",
    [
        snapshot(deploy_role=unknown()),
        snapshot(deploy_role=known(from_stack(None))),
        snapshot(deploy_role=known(deploy_role()), target=unknown()),
        snapshot(deploy_role=known(unresolvable())),
    ],
)
def test_what_cannot_be_known_cannot_tell(before: Snapshot) -> None:
    assert says(CHECK, before=before, entry=entry(), product=load("codeocean"))[0] is Outcome.ERROR
