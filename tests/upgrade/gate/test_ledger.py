"""The ledger knows of every required check what became of it."""

from tests.upgrade.gate.verdicts import entry, info
from upgrade.catalogue import Outcome
from upgrade.gate.ledger import Ledger


def test_the_ledger_fills_what_never_ran() -> None:
    ledger = Ledger()
    ledger.record(entry(Outcome.PASS))

    assert [e.outcome for e in ledger.complete([info(), info("b")])] == [Outcome.PASS, Outcome.NOT_RUN]


def test_a_second_result_only_makes_it_worse() -> None:
    ledger = Ledger()
    for outcome in (Outcome.PASS, Outcome.ERROR, Outcome.PASS):
        ledger.record(entry(outcome))

    assert [e.outcome for e in ledger] == [Outcome.ERROR]
