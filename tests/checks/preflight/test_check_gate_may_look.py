"""A denial is never a failed check: the gate could not look, and says what it lacks."""

import json
from typing import Any

from checks.preflight import check_gate_may_look as module
from tests.builders import entry, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.known import Reason

CHECK = module.check_gate_may_look


def judged(target: str | None = "v4.1.0", **facts: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=snapshot(**facts), entry=entry(target=target), product=load("codeocean"))


def test_nothing_denied_passes() -> None:
    assert judged()[0] is Outcome.PASS


def test_denials_are_told_together_with_the_statement_to_add() -> None:
    denied = ("batch:ListJobs", "rds:DescribeEvents")
    outcome, findings = judged(denied=denied)

    assert outcome is Outcome.ERROR
    assert len(findings) == 1
    assert findings[0].found == "denied: batch:ListJobs, rds:DescribeEvents"
    assert "arn:aws:sts::111122223333:assumed-role/ops/me" in findings[0].expected
    assert json.loads(findings[0].paste) == {"Effect": "Allow", "Action": list(denied), "Resource": "*"}


def test_of_objects_only_the_template_is_to_be_allowed() -> None:
    _, findings = judged(denied=("batch:ListJobs", "s3:GetObject"))
    jobs, template = json.loads(f"[{findings[0].paste}]")

    assert (jobs["Action"], jobs["Resource"]) == (["batch:ListJobs"], "*")
    assert template["Action"] == ["s3:GetObject"]
    assert template["Resource"] == "arn:aws:s3:::codeocean-vpc/templates/v4.1.0/codeocean.template.yaml"


def test_without_a_target_no_object_is_named() -> None:
    assert judged(target=None, denied=("s3:GetObject",))[1][0].paste == ""


def test_what_is_unknown_for_another_reason_is_other_checks_matter() -> None:
    assert judged(jobs=unknown(Reason.THROTTLED))[0] is Outcome.PASS


def test_without_an_identity_it_cannot_tell() -> None:
    assert judged(identity=unknown(Reason.EXPIRED))[0] is Outcome.ERROR
