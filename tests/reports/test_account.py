from dataclasses import replace
from datetime import timedelta

from reports.build import build
from reports.provenance import NOT_PROVIDED, Attempt
from reports.record import Record
from tests.builders import NOW
from tests.reports import builders
from upgrade.config.product import load
from upgrade.facts.review import Approval, Review
from upgrade.gate.decision import Happened
from upgrade.gate.evidence import Evidence


def made(evidence: Evidence, *attempts: Attempt) -> Record:
    return build(evidence, load(evidence.product), attempts=attempts)


def approval(minutes: float, **changes: object) -> Approval:
    given = Approval(
        file="jane.approval.json",
        name="Jane Doe",
        meaning="reviewed and approved",
        at=NOW + timedelta(minutes=minutes),
        identity="jane@desk",
        plan_sha256="0" * 64,
        signed=True,
        authenticated=True,
        problem="",
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def attempt(run: str = "earlier", **changes: object) -> Attempt:
    told = {
        "run": run,
        "mode": "ahead",
        "verdict": "PLANNED",
        "exit_code": 0,
        "started": NOW,
        "finished": NOW,
        "caller": "arn:aws:iam::210987654321:user/author",
        "bundle": "nochange_prod_20261123t120000z_0000abcd",
        "root_sha256": "0" * 64,
    }
    return Attempt.model_validate({**told, **changes})


def test_the_executor_is_who_asked_and_there_is_none_where_nothing_was_executed() -> None:
    assert made(builders.evidence()).people.executor.value.startswith("arn:aws:")
    assert made(builders.no_go()).people.executor.value == NOT_PROVIDED


def test_only_authenticated_approvals_count_and_their_time_is_held_against_the_execution() -> None:
    before, after = approval(-5), approval(5, name="Joe Roe")
    unsigned = approval(-5, name="Nobody", authenticated=False)
    in_time = made(builders.evidence(review=Review("CHG1", "", (before, unsigned), ()))).people
    late = made(builders.evidence(review=Review("CHG1", "", (before, after), ()))).people

    assert (in_time.approvers, in_time.approved_first) == (("Jane Doe",), True)
    assert (late.approvers, late.approved_first) == (("Jane Doe", "Joe Roe"), False)
    assert made(builders.evidence()).people.approved_first is None


def test_the_change_id_is_told_and_the_rest_of_the_request_is_not_provided() -> None:
    change = made(builders.evidence(review=Review("CHG1", "", (), ()))).change

    assert (change.id.value, change.id.why) == ("CHG1", "")
    assert change.risk.value == NOT_PROVIDED
    assert "change id alone" in change.risk.why
    assert made(builders.evidence()).change.id.value == NOT_PROVIDED


def test_attempts_are_counted_and_the_last_is_superseded() -> None:
    second = made(builders.evidence(), attempt("one"), attempt("two"))

    assert (second.run.attempt, second.run.supersedes) == (3, "two")
    assert [each.run for each in second.attempts] == ["one", "two"]
    assert (made(builders.evidence()).run.attempt, made(builders.evidence()).run.supersedes) == (1, "")


def test_the_clock_says_whether_it_was_compared() -> None:
    assert made(builders.evidence(skew=0.4)).clock.skew_seconds == 0.4
    unchecked = made(builders.evidence()).clock
    assert unchecked.skew_seconds is None
    assert "unchecked" in unchecked.told


def test_what_the_run_was_for_and_what_it_rests_on_is_told() -> None:
    told = made(builders.evidence())

    assert told.objective.startswith("to upgrade this stack")
    assert len(told.parameters_sha256) == 64
    assert made(builders.no_go()).parameters_sha256 == ""
    assert told.rollback_tested.value == told.closure.value == NOT_PROVIDED
    assert made(builders.rolled_back()).rollback_tested.value.startswith("by this run")


def test_where_it_is_kept_is_told_and_what_is_not_configured_is_not_provided() -> None:
    kept = {"archive": "s3://bucket/evidence", "retain_days": 2555}
    told = made(builders.evidence(configuration={"account_id": "1", "evidence": kept})).retention

    assert (told.archive.value, told.days.value, told.mode.value) == ("s3://bucket/evidence", "2555", NOT_PROVIDED)
    assert "no archive is configured" in made(builders.evidence()).retention.days.why


def test_what_the_verdict_rests_on_is_kept() -> None:
    evidence = builders.evidence()
    happened = Happened(evidence.mode, evidence.entries, moved=("the tags have changed",))
    basis = made(replace(evidence, happened=happened)).basis

    assert basis is not None
    assert basis.moved == ("the tags have changed",)
    assert made(evidence).basis is None
