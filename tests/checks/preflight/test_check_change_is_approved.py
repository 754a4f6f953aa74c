"""Approvals that count, and all that do not: of another plan, unsigned, one's own, twice by one person."""

from typing import Any

import pytest

from checks.preflight import check_change_is_approved as module
from tests.builders import PLAN_SHA256, approval, entry, known, review, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.review import Approval
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Identity

CHECK = module.check_change_is_approved
APPROVERS = {"Ada": "ada.pem", "Ben": "ben.pem", "Jane Doe": "jane.pem"}
TWO: dict[str, Any] = {"require_approvals": 2, "approvers": APPROVERS}
UNSIGNED: dict[str, Any] = {**TWO, "unsigned_approvals": True}


def judged(*approvals: Approval, before: Snapshot | None = None, **change: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    stated = review(plan_sha256=PLAN_SHA256, approvals=approvals)
    return says(CHECK, before=before or snapshot(), entry=entry(change=change or TWO), review=stated)


def unsigned(name: str, **changes: Any) -> Approval:
    return approval(name, signed=False, authenticated=False, **changes)


def executed_by(session: str) -> Snapshot:
    arn = f"arn:aws:sts::111122223333:assumed-role/upgrader/{session}"
    return snapshot(executor=known(Identity("111122223333", arn, "us-east-1")))


def run_by(session: str) -> Snapshot:
    arn = f"arn:aws:sts::111122223333:assumed-role/ops/{session}"
    return snapshot(identity=known(Identity("111122223333", arn, "us-east-1")))


def test_enough_approvals_pass() -> None:
    assert judged(approval("Ada"), approval("Ben"))[0] is Outcome.PASS


def test_too_few_fail_and_the_plan_and_who_may_are_told() -> None:
    outcome, findings = judged(approval("Ada"))

    assert outcome is Outcome.FAIL
    assert findings[0].found == f"1 of 2 approvals (Ada) for plan {PLAN_SHA256}"
    assert findings[0].expected == "2, by different people of: Ada, Ben, Jane Doe"
    assert "--plan=PATH --approval=FILE" in findings[0].remedy


def test_without_a_plan_that_is_said() -> None:
    _, findings = says(CHECK, before=snapshot(), entry=entry(change=TWO), review=review())

    assert findings[0].found.startswith("0 of 2 approvals")
    assert "no plan" in findings[0].found


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (
            approval("Ben", plan_sha256="6" * 64),
            f"approval Ben.json does not count: it is for another plan (sha256 {'6' * 64}, this one has {PLAN_SHA256})",
        ),
        (
            approval("Ben", authenticated=False),
            "approval Ben.json does not count: it is not signed with the key of 'Ben'",
        ),
        (approval("Eve", authenticated=False), "approval Eve.json does not count: 'Eve' is none of the approvers"),
        (
            approval("", file="x.json", problem="is no approval: 'payload'"),
            "approval x.json does not count: it is no approval: 'payload'",
        ),
    ],
    ids=["another plan", "unsigned", "no approver", "no approval"],
)
def test_one_that_does_not_count_is_told_with_its_reason(other: Approval, told: str) -> None:
    outcome, findings = judged(approval("Ada"), other)

    assert outcome is Outcome.FAIL
    assert [finding.blocking for finding in findings] == [True, True]
    assert findings[1].found == told


def test_beside_enough_others_it_is_only_told() -> None:
    outcome, findings = judged(approval("Ada"), approval("Ben"), approval("Jane Doe", authenticated=False))

    assert outcome is Outcome.WARN
    assert [finding.found for finding in findings] == [
        "approval Jane Doe.json does not count: it is not signed with the key of 'Jane Doe'"
    ]


def test_two_approvals_of_one_person_count_once() -> None:
    assert judged(approval("Ada"), approval("Ada", file="again.json"))[0] is Outcome.FAIL


@pytest.mark.parametrize(
    ("name", "changes", "session"),
    [
        ("Jane Doe", {}, "jane.doe"),
        ("Jane Doe", {}, "JaneDoe"),
        ("Jane Doe", {"identity": "arn:aws:sts::1:assumed-role/ops/i-jd"}, "i-jd"),
        ("Jane Doe", {}, "jane.doe@example.com"),
    ],
    ids=["dotted", "written together", "by identity", "by e-mail address, as IAM Identity Center names sessions"],
)
def test_who_runs_the_upgrade_does_not_count(name: str, changes: dict[str, Any], session: str) -> None:
    outcome, findings = judged(approval("Ada"), approval(name, **changes), before=run_by(session))

    assert outcome is Outcome.FAIL
    assert findings[1].found.endswith("Jane Doe runs this upgrade and can't approve it as well")


def test_nor_does_who_only_executes_it() -> None:
    assert judged(approval("Ada"), approval("Jane Doe"), before=executed_by("jane.doe"))[0] is Outcome.FAIL


def test_who_executes_has_to_be_known() -> None:
    assert judged(approval("Ada"), approval("Ben"), before=snapshot(executor=unknown()))[0] is Outcome.ERROR


def test_another_session_of_the_same_role_does() -> None:
    assert judged(approval("Ada"), approval("Jane Doe"), before=run_by("ci"))[0] is Outcome.PASS


def test_unsigned_approvals_count_where_that_is_configured_and_are_told() -> None:
    outcome, findings = judged(approval("Ada"), unsigned("Ben"), **UNSIGNED)

    assert outcome is Outcome.WARN
    assert [finding.found for finding in findings] == [
        "approval Ben.json is not signed: nobody can check that it is of Ben"
    ]


def test_a_signature_by_another_key_counts_nowhere() -> None:
    forged = approval("Ben", authenticated=False)

    assert judged(approval("Ada"), forged, **UNSIGNED)[0] is Outcome.FAIL


def test_an_unsigned_one_still_has_to_be_of_this_plan_and_of_somebody_else() -> None:
    other, own = unsigned("Ben", plan_sha256="6" * 64), unsigned("Jane Doe")

    assert judged(approval("Ada"), other, **UNSIGNED)[0] is Outcome.FAIL
    assert judged(approval("Ada"), own, before=run_by("jane.doe"), **UNSIGNED)[0] is Outcome.FAIL


def test_one_person_under_two_spellings_counts_once() -> None:
    mine = [unsigned(name) for name in ("Jane Doe", "jane.doe")]

    assert judged(*mine, **UNSIGNED)[0] is Outcome.FAIL


@pytest.mark.parametrize("name", ["Eve", ""], ids=["a stranger", "nobody"])
def test_an_unsigned_approval_counts_only_if_it_is_an_approvers(name: str) -> None:
    assert judged(approval("Ada"), unsigned(name), **UNSIGNED)[0] is Outcome.FAIL


def test_an_approval_of_no_plan_does_not_approve_the_lack_of_one() -> None:
    nothing = review(plan_sha256="", approvals=(approval("Ada", plan_sha256=""), approval("Ben", plan_sha256="")))

    assert says(CHECK, before=snapshot(), entry=entry(change=TWO), review=nothing)[0] is Outcome.FAIL


@pytest.mark.parametrize(("change_id", "outcome"), [("CHG-1", Outcome.PASS), ("", Outcome.FAIL)])
def test_the_change_id_is_given_where_it_is_asked_for(change_id: str, outcome: Outcome) -> None:
    asked = entry(change={"require_change_id": True})
    said, findings = says(CHECK, before=snapshot(), entry=asked, review=review(change_id=change_id))

    assert said is outcome
    assert all(finding.paste == "--change-id=…" for finding in findings)


def test_id_and_approvals_are_asked_for_together() -> None:
    _, findings = judged(**TWO, require_change_id=True)

    assert [finding.property for finding in findings] == ["change.require_change_id", "change.require_approvals"]


def test_where_neither_is_asked_for_it_does_not_apply() -> None:
    told = remarks(CHECK, before=snapshot(), entry=entry(), review=review())

    assert told == (Outcome.NOT_APPLICABLE, "neither a change id nor approvals are asked for")


def test_without_an_identity_it_cannot_tell_who_approves_himself() -> None:
    assert judged(approval("Ada"), approval("Ben"), before=snapshot(identity=unknown()))[0] is Outcome.ERROR
