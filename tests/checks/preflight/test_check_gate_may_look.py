"""A denial is never a failed check: the gate could not look, and says what it lacks."""

import json

from checks.preflight import check_gate_may_look as module
from tests.builders import snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.known import Reason

CHECK = module.check_gate_may_look


def test_nothing_denied_passes() -> None:
    assert says(CHECK, before=snapshot())[0] is Outcome.PASS


def test_denials_are_told_together_with_the_statement_to_add() -> None:
    denied = ("batch:ListJobs", "rds:DescribeEvents")
    outcome, findings = says(CHECK, before=snapshot(denied=denied))

    assert outcome is Outcome.ERROR
    assert len(findings) == 1
    assert findings[0].found == "denied: batch:ListJobs, rds:DescribeEvents"
    assert "arn:aws:sts::111122223333:assumed-role/ops/me" in findings[0].expected
    assert json.loads(findings[0].paste) == {"Effect": "Allow", "Action": list(denied), "Resource": "*"}


def test_what_is_unknown_for_another_reason_is_other_checks_matter() -> None:
    assert says(CHECK, before=snapshot(jobs=unknown(Reason.THROTTLED)))[0] is Outcome.PASS


def test_without_an_identity_it_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(identity=unknown(Reason.EXPIRED)))[0] is Outcome.ERROR
