import shlex
from dataclasses import replace
from typing import Any

import pytest

from reports.next_steps import Step, command, next_steps
from tests.builders import acknowledgement, review
from tests.reports import builders
from tests.reports.builders import entry, made
from upgrade.catalogue import Outcome, Phase, Severity
from upgrade.facts.operation import Ending
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Mode, Verdict


def steps(evidence: Evidence) -> tuple[Step, ...]:
    return next_steps(made(evidence))


def of(verdict: Verdict, **changes: Any) -> str:
    told = steps(replace(builders.of_verdict(verdict), **changes))
    return "\n".join(f"{step.do} {step.paste}".strip() for step in told)


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
@pytest.mark.parametrize("mode", list(Mode), ids=str)
def test_every_ending_leaves_something_that_is_said(verdict: Verdict, mode: Mode) -> None:
    told = steps(replace(builders.of_verdict(verdict), mode=mode))

    assert told
    assert all(step.do.endswith((".", "?", "!", ":")) or ". " in step.do for step in told)
    assert len(set(told)) == len(told)


def test_a_few_blockers_are_told_with_their_remedies_and_then_the_same_command() -> None:
    follow, allow, again = steps(builders.no_go())

    assert follow.do.startswith("the database has 60 GiB, the plan sets 20. Write the actual size")
    assert follow.paste.endswith('pRdsAllocatedStorage = "actual"')
    assert allow.do.startswith("cloudformation:DescribeStacks: denied: not authorized. Mend what this names")
    assert again == Step("Run the same command again.", "pytest --stack prod --upgrade")


def test_of_one_blocker_only_the_remedy_is_told_for_the_verdict_has_the_rest() -> None:
    one = replace(builders.no_go(), entries=(entry("x", outcome=Outcome.FAIL, findings=(builders.finding(),)),))

    assert steps(one)[0].do.startswith("Write the actual size")


def test_many_blockers_are_counted() -> None:
    found = tuple(builders.finding(remedy=f"Do the {number}th.") for number in range(9))
    many = replace(builders.no_go(), entries=(entry("stack-is-at-rest", outcome=Outcome.FAIL, findings=found),))

    assert [step.do for step in steps(many)] == [
        "Do what is told below for the blocker.",
        "Run the same command again.",
    ]


def test_go_leads_to_the_upgrade() -> None:
    gate = ("pytest", "--stack=prod", "--to=v4.1.0")

    assert "pytest --stack=prod --to=v4.1.0 --upgrade" in of(Verdict.GO, mode=Mode.GATE, command=gate)
    assert "judge once more with one. pytest --stack=prod" in of(
        Verdict.GO, mode=Mode.READ_ONLY, command=("pytest", "--stack=prod", "--read-only")
    )
    plan = ("pytest", "--stack=prod", "--plan=a/plan.json")
    assert "pytest --stack=prod --plan=a/plan.json --upgrade" in of(Verdict.GO, mode=Mode.REJUDGE, command=plan)


@pytest.mark.parametrize(
    ("number", "people"), [(0, "Have data/plan.json of this evidence reviewed."), (2, "by 2 people")]
)
def test_a_plan_is_approved_and_executed(number: int, people: str) -> None:
    configured = {"change": {"require_approvals": number}}
    told = of(Verdict.PLANNED, command=("pytest", "--stack=prod", "--ahead"), configuration=configured)

    assert people in told
    assert ("upgrade approve" in told) == (number > 0)
    assert told.endswith("pytest --stack=prod --upgrade --plan=PATH/data/plan.json" + " --approval=FILE" * number)


def test_where_approvals_are_required_a_gate_leads_to_them() -> None:
    asked = {"change": {"require_approvals": 1}}

    assert "approved by 1 person" in of(Verdict.GO, mode=Mode.GATE, command=("pytest",), configuration=asked)


def test_an_upgrade_leaves_maintenance_and_the_change_to_be_closed() -> None:
    over = entry(
        "maintenance-is-over",
        Phase.POSTFLIGHT,
        severity=Severity.WARNING,
        detail="worker machines can start; left for people: see that it is over; tell them",
    )
    closing = review(change_id="CHG-42")
    done = steps(builders.evidence(entries=(over,), review=closing))
    not_yet = steps(builders.evidence(entries=(replace(over, outcome=Outcome.WARN),), review=closing))

    assert [step.do for step in done] == [
        "See that it is over.",
        "Tell them.",
        "Close CHG-42 with this evidence.",
    ]
    assert not_yet[1].paste == "pytest --stack prod --verify --acknowledge=maintenance_over"


def test_after_an_upgrade_nothing_may_be_left() -> None:
    assert steps(builders.evidence()) == (Step("Nothing is left to do."),)


def test_after_a_rollback_the_cause_comes_first_and_maintenance_last() -> None:
    begun = review(acknowledgement())
    told = of(Verdict.ROLLED_BACK, review=begun).splitlines()

    assert told[1].startswith("Mend what failed first, DataVolume: ")
    assert told[2] == "Judge again before the next attempt. pytest --stack prod"
    assert told[3].startswith("End maintenance mode")


def test_a_failed_rollback_is_continued_once_what_stopped_it_is_mended() -> None:
    operation = builders.rolled_back().operation
    assert operation is not None
    assert operation.diagnosis is not None
    assert operation.diagnosis.cause is not None
    stuck = replace(operation.diagnosis.cause, resource="AlarmsTopic", remedy="Give it back its key.")
    failed = replace(operation, diagnosis=replace(operation.diagnosis, not_undone=(stuck,)))
    told = of(Verdict.NEEDS_OPERATOR, operation=failed).splitlines()

    assert told[1] == "Mend what could not be taken back, AlarmsTopic: Give it back its key."
    assert told[2].endswith("pytest --stack prod --recover")
    assert "Mend what failed first, DataVolume" in of(Verdict.NEEDS_OPERATOR)


def test_of_a_refusal_the_plan_decides_what_comes_next() -> None:
    assert "Run the same command again" in of(Verdict.REFUSED)
    assert "pytest --stack prod --ahead" in of(Verdict.REFUSED, review=replace(review(), plan_sha256="ab" * 32))


def test_what_still_runs_is_taken_up() -> None:
    running = replace(builders.rolled_back().operation, ending=Ending.UNKNOWN)  # type: ignore[type-var]  # it has one

    assert "takes the update up" in of(Verdict.UNKNOWN)
    assert "takes the update up" in of(Verdict.INTERRUPTED, operation=running)
    assert "takes the update up" not in of(Verdict.INTERRUPTED)


def test_a_command_keeps_what_is_not_of_one_run() -> None:
    words = "pytest checks --stack 'my prod' --stacks-file=a.toml --upgrade --plan=p --approval a.json --acknowledge=x"
    record = made(builders.evidence(command=tuple(shlex.split(words))))

    assert command(record, "--verify") == "pytest checks --stack 'my prod' --stacks-file=a.toml --verify"
