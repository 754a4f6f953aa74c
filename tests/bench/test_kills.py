"""The judge of the kill matrix sees what went wrong, and the matrix has every moment that matters."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.kills import Clean, Ended, Kill, cases, judge
from reports.chain import START, Reading
from sandbox.calls import Call
from upgrade.facts.journal import Act, Record
from upgrade.run.journal import CREATE, DELETE, EXECUTE

NOW = datetime(2026, 11, 27, tzinfo=UTC)
BLIND = frozenset({"identities-are-preserved", "services-are-as-before"})
KILL = Kill("cloudformation", "ExecuteChangeSet", 1, 1, answered=True)


def journal(*acts: tuple[Act, str], **more: object) -> Reading:
    records = tuple(Record(act, NOW, "1", call, {"change_set": "plimsoll-1"}) for act, call in acts)
    return replace(Reading(records, START, 0, torn=False, broken=""), **more)  # type: ignore[arg-type]


MADE = ((Act.INTENT, CREATE), (Act.ACCEPTED, CREATE))
BEGUN = (*MADE, (Act.INTENT, EXECUTE), (Act.ACCEPTED, EXECUTE))
OVER = (*BEGUN, (Act.TERMINAL, EXECUTE))
WHOLE = journal(*OVER, (Act.CONCLUDED, ""))
GOOD = Ended("UPGRADED", accepted=True, journals={"1": WHOLE}, told=(journal(*OVER),))


def clean(*calls: tuple[str, bool], ended: int = 0) -> Clean:
    """Calls a second apart; the update is over at this second."""
    log = [
        Call((NOW + timedelta(seconds=second)).isoformat(), "cloudformation", action, "us-east-1", mutating, 200)
        for second, (action, mutating) in enumerate(calls)
    ]
    return Clean(tuple(log), NOW + timedelta(seconds=ended), BLIND)


@pytest.mark.parametrize(
    "ended",
    [
        GOOD,
        replace(GOOD, accepted=False, journals={"1": journal(*MADE, (Act.ACCEPTED, DELETE)), "2": WHOLE}),
        replace(GOOD, journals={"1": journal(*BEGUN[:3], (Act.REFUSED, EXECUTE), (Act.ACCEPTED, DELETE)), "2": WHOLE}),
    ],
    ids=["taken up", "its set deleted", "fenced"],
)
def test_as_if_nothing_had_happened(ended: Ended) -> None:
    assert judge(KILL, ended, clean()) == []


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (replace(GOOD, executed=2), "2 change sets were executed"),
        (replace(GOOD, executed=0), "0 change sets were executed"),
        (replace(GOOD, verdict="REFUSED"), "REFUSED in place of UPGRADED"),
        (replace(GOOD, verdict="UNHEALTHY"), "UNHEALTHY in place of UPGRADED"),
        (replace(GOOD, errors=frozenset({"outputs-are-there"})), "outputs-are-there could not tell"),
        (replace(GOOD, left=("plimsoll-1",)), "change set plimsoll-1 is left"),
        (replace(GOOD, journals={}), "0 journals"),
        (replace(GOOD, journals={"1": WHOLE, "2": WHOLE}), "2 journals"),
        (replace(GOOD, journals={"1": journal(*BEGUN)}), "journal of run 1: accepted"),
        (replace(GOOD, journals={"1": WHOLE, "2": journal(*MADE)}), "journal of run 2: accepted"),
        (replace(GOOD, journals={"1": replace(WHOLE, torn=True)}), "half a line"),
        (replace(GOOD, journals={"1": replace(WHOLE, broken="line 3 does not chain")}), "line 3 does not chain"),
        (replace(GOOD, told=()), "the evidence does not tell"),
        (replace(GOOD, told=(journal(*OVER[2:]),)), "the evidence does not tell"),
    ],
    ids=[
        "twice", "never", "refused", "unhealthy", "error", "left", "no journal", "two journals", "open", "another open",
        "torn", "broken", "not in the evidence", "not whole in the evidence",
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(ended: Ended, words: str) -> None:
    said = judge(KILL, ended, clean())

    assert any(words in sentence for sentence in said), said


def test_a_refusal_that_leaves_its_change_set_has_executed_nothing() -> None:
    said = judge(KILL, Ended("REFUSED", executed=0, left=("plimsoll-1",)), clean())

    assert said == ["0 change sets were executed", "REFUSED in place of UPGRADED"]


def test_without_the_journal_exactly_the_checks_that_need_a_baseline_cannot_tell() -> None:
    forgotten = replace(KILL, forgotten=True)
    blind = Ended("UNHEALTHY", accepted=True, errors=BLIND)

    assert judge(forgotten, blind, clean()) == []
    assert judge(forgotten, replace(blind, errors=BLIND | {"a"}), clean()) == ["a could not tell"]
    assert judge(forgotten, replace(blind, errors=BLIND - {"services-are-as-before"}), clean()) == [
        "services-are-as-before could tell, without a baseline"
    ]
    assert judge(forgotten, replace(GOOD, journals={}), clean()) != []
    assert judge(forgotten, replace(GOOD, accepted=False, journals={}), clean()) == []
    assert judge(KILL, blind, clean()) != []


CALLS = [
    *[("DescribeStacks", False)] * 5,
    ("CreateChangeSet", True),
    ("DescribeChangeSet", False),
    ("ExecuteChangeSet", True),
    *[("DescribeStackEvents", False)] * 3,
    ("DescribeStacks", False),
]


def test_the_matrix_has_every_moment_that_matters() -> None:
    found = list(cases(clean(*CALLS, ended=10), random.Random(1)))
    changing = Counter(
        (kill.action, kill.answered, kill.forgotten) for kill in found if kill.action.endswith("teChangeSet")
    )
    stacks = [(kill.nth, kill.answered, kill.forgotten) for kill in found if kill.action == "DescribeStacks"]
    watched = [kill for kill in found if kill.action == "DescribeStackEvents"]

    assert len(changing) == 8
    assert set(changing.values()) == {1}
    assert (1, False, False) in stacks
    assert {(6, False, False), (6, False, True)} <= set(stacks)
    assert not any(forgotten for nth, _, forgotten in stacks if nth < 6)
    assert not any(answered for _, answered, _ in stacks)
    assert {kill.nth for kill in watched if not kill.answered} >= {1, 3}
    assert len({kill.nth for kill in watched if kill.answered}) == 1
    assert len(set(found)) == len(found)


def test_all_kills_before_every_call() -> None:
    found = {(kill.action, kill.nth) for kill in cases(clean(*CALLS, ended=10), random.Random(1), every=True)}

    assert found == {
        (action, nth) for action, count in Counter(action for action, _ in CALLS).items() for nth in range(1, count + 1)
    }


def test_a_seed_makes_the_same_matrix_again() -> None:
    made = [list(cases(clean(*CALLS), random.Random(seed))) for seed in (7, 7)]

    assert made[0] == made[1]
