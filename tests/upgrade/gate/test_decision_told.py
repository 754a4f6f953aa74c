"""The first line tells what matters most, and what to do."""

from dataclasses import replace

import pytest

from tests.upgrade.gate.verdicts import FULL, decided, entry, info, operation
from upgrade.catalogue import Finding, Outcome, Phase
from upgrade.facts.operation import Ending
from upgrade.gate.decision import gate
from upgrade.gate.ledger import Entry


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (Outcome.PASS, Outcome.WARN, "The old state is healthy (all 2 of its checks hold, 1 with a warning: y). "),
        (Outcome.PASS, Outcome.FAIL, "THE OLD STATE IS NOT HEALTHY (y failed). "),
        (Outcome.ERROR, Outcome.FAIL, "THE OLD STATE IS NOT HEALTHY (y failed; x could not tell). "),
        (Outcome.PASS, Outcome.ERROR, "WHETHER THE OLD STATE IS HEALTHY IS NOT KNOWN (y could not tell). "),
        (Outcome.NOT_RUN, Outcome.PASS, "WHETHER THE OLD STATE IS HEALTHY IS NOT KNOWN (x could not tell). "),
        (
            Outcome.NOT_APPLICABLE,
            Outcome.NOT_APPLICABLE,
            "WHETHER THE OLD STATE IS HEALTHY IS NOT KNOWN (no check has ",
        ),
    ],
)
def test_after_a_rollback_the_old_states_health_comes_first(x: Outcome, y: Outcome, words: str) -> None:
    judging = (Entry(info(name, Phase.POSTFLIGHT, baseline=True), each) for name, each in (("x", x), ("y", y)))
    decision = decided((*FULL, *judging), op=operation(Ending.ROLLED_BACK))

    assert decision.sentence.startswith(words)
    assert decision.sentence.endswith("the update ended")
    assert decision.exit_code == 20


def test_the_old_states_health_is_told_of_a_run_that_was_stopped_after_the_rollback() -> None:
    decision = decided(op=operation(Ending.ROLLED_BACK), stopped_by=2)
    assert "had ended: WHETHER THE OLD STATE IS HEALTHY IS NOT KNOWN (no check has judged it). the" in decision.sentence


FOUND = Finding("it is full.", "e", "make room", logical_id="Volume")


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        ((), "1 check failed: a"),
        ((FOUND,), "1 check failed: a: Volume: it is full. Do this: make room"),
        ((replace(FOUND, blocking=False), FOUND), "1 check failed: a: Volume: it is full. Do this: make room"),
        ((replace(FOUND, remedy=""),), "1 check failed: a: Volume: it is full"),
        ((replace(FOUND, logical_id="it"), FOUND), "1 check failed: a: it is full (and 1 more). Do this: make room"),
    ],
)
def test_what_the_only_check_that_failed_has_found_is_told(findings: tuple[Finding, ...], sentence: str) -> None:
    failed = replace(entry(Outcome.FAIL), findings=findings)

    assert gate([failed, entry(Outcome.ERROR, "b")]).sentence == sentence
    assert gate([failed, entry(Outcome.FAIL, "b")]).sentence == "2 checks failed: a, b"


DENIED, EXPIRED = "a plan needs (x:Do: denied: AccessDenied: no)", "x:Do: expired: ExpiredToken: the token"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([Entry(info("a"), Outcome.ERROR, detail="no answer.")], "1 check could not tell: a: no answer"),
        (
            [Entry(info(name), Outcome.ERROR, detail=DENIED) for name in "ab"],
            f"2 checks could not tell, all for one reason: {DENIED}. Do this: allow x:Do (docs/permissions.md), then run again",
        ),
        (
            [
                Entry(info("a"), Outcome.ERROR, detail=EXPIRED),
                Entry(info("b"), Outcome.BLOCKED, detail="a must hold first"),
            ],
            f"2 checks could not tell, all for one reason: {EXPIRED}. Do this: sign in again, then run again",
        ),
        (
            [Entry(info("a"), Outcome.ERROR, detail=EXPIRED), Entry(info("b"), Outcome.NOT_RUN)],
            f"2 checks could not tell, first a: {EXPIRED}. Do this: sign in again, then run again",
        ),
        (
            [Entry(info(name), Outcome.ERROR, detail=f"no {name}") for name in "ab"],
            "2 checks could not tell, first a: no a",
        ),
        (
            [Entry(info("a"), Outcome.BLOCKED, detail="b must hold first"), Entry(info("b"), Outcome.ERROR, (FOUND,))],
            "2 checks could not tell, first b: Volume: it is full. Do this: make room",
        ),
        ([Entry(info("a"), Outcome.ERROR), Entry(info("b"), Outcome.NOT_RUN)], "2 checks could not tell: a, b"),
    ],
)
def test_of_what_could_not_tell_the_first_cause_is_told(entries: list[Entry], words: str) -> None:
    assert gate(entries).sentence.startswith(words)


def test_an_interrupted_run_says_so() -> None:
    assert decided(stopped_by=2).exit_code == 130
    assert decided(stopped_by=15).exit_code == 143
    assert "goes on without us" in decided(op=operation(Ending.UNKNOWN), stopped_by=2).sentence
