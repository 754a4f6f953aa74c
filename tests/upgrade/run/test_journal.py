"""Nothing is asked of AWS before it is kept, and what may have been accepted is never forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from tests.upgrade.gate.recorded import StillClock
from tests.upgrade.run.stores import Full, Slow
from upgrade.facts.changes import PREFIX
from upgrade.facts.journal import Act, Record
from upgrade.run.journal import CREATE, DELETE, EXECUTE, Journal, Memory, NotKept, open_intent

OURS = f"{PREFIX}1"
ARN = f"arn:aws:cloudformation:us-east-1:111122223333:changeSet/{OURS}/6f1c"


def journal(store: Memory | None = None) -> Journal:
    return Journal(store or Memory(), StillClock(), "1", lambda text: text.replace("hush", "****"))  # type: ignore[arg-type]


def record(act: Act, call: str = "", change_set: str = ARN) -> Record:
    return Record(act, NOW, "1", call, {"change_set": change_set} if call else {})


def test_a_call_is_kept_before_it_is_made_and_after_it_is_answered() -> None:
    made = journal()
    with made.around(EXECUTE, change_set=ARN, why="hush") as attempt:
        assert [each.act for each in made.store.records()] == [Act.INTENT]
        attempt.act, attempt.told = Act.ACCEPTED, {"change_set": OURS}
    intent, accepted = made.store.records()
    assert intent == Record(Act.INTENT, NOW, "1", EXECUTE, {"change_set": ARN, "why": "****"})
    assert accepted == Record(Act.ACCEPTED, NOW, "1", EXECUTE, {"change_set": OURS, "why": "****"})
    assert made.failed == ""


def test_a_call_of_which_nothing_is_said_may_have_been_made() -> None:
    made = journal()
    with pytest.raises(KeyboardInterrupt), made.around(EXECUTE, change_set=ARN):
        raise KeyboardInterrupt
    assert [each.act for each in made.store.records()] == [Act.INTENT, Act.UNSURE]


def test_a_call_whose_intent_cannot_be_kept_is_not_made() -> None:
    made, calls = journal(Full(0)), list[str]()
    with pytest.raises(NotKept, match="No space left"), made.around(EXECUTE, change_set=ARN):
        calls.append("made")
    assert calls == []


def test_a_record_that_came_late_is_forgotten_once_the_next_one_is_kept() -> None:
    made = journal(Slow())
    made.keep(Act.ACCEPTED, EXECUTE)
    assert made.failed == "the journal can't be written: the archive is away"
    made.keep(Act.TERMINAL, EXECUTE)
    assert made.failed == ""


def test_one_that_was_lost_is_not() -> None:
    made = journal(Full(0))
    made.keep(Act.ACCEPTED, EXECUTE)
    made.store = Memory()
    made.keep(Act.TERMINAL, EXECUTE)
    assert "No space left" in made.failed


def test_an_answer_that_cannot_be_kept_stops_nobody() -> None:
    made, calls = journal(Full(1)), list[str]()
    with made.around(EXECUTE, change_set=ARN) as attempt:
        attempt.act = Act.ACCEPTED
        calls.append("made")
    made.keep(Act.TERMINAL, EXECUTE)
    assert calls == ["made"]
    assert made.failed == "the journal can't be written: No space left on device"


def test_a_run_that_asked_for_no_change_leaves_no_journal() -> None:
    made = journal()
    made.conclude("NO_GO")
    assert made.store.records() == ()
    made.keep(Act.INTENT, DELETE, change_set=ARN)
    made.conclude("NO_GO")
    assert made.store.records()[-1].told == {"verdict": "NO_GO"}


# ---- what is open ----------------------------------------------------------------------------------------------------

MADE = [record(Act.INTENT, CREATE, OURS), record(Act.ACCEPTED, CREATE)]
EXECUTED = [*MADE, record(Act.INTENT, EXECUTE)]


@pytest.mark.parametrize(
    ("records", "left"),
    [
        ([], None),
        (MADE[:1], MADE[0]),
        (MADE, MADE[1]),
        ([MADE[0], record(Act.REFUSED, CREATE)], None),
        ([MADE[0], record(Act.UNSURE, CREATE)], record(Act.UNSURE, CREATE)),
        ([*MADE, record(Act.INTENT, DELETE)], MADE[1]),
        ([*MADE, record(Act.UNSURE, DELETE)], MADE[1]),
        ([*MADE, record(Act.ACCEPTED, DELETE)], None),
        ([*MADE, record(Act.ACCEPTED, DELETE, OURS)], None),
        ([*MADE, record(Act.ACCEPTED, DELETE, f"{PREFIX}older")], MADE[1]),
        (EXECUTED, EXECUTED[-1]),
        ([*EXECUTED, record(Act.UNSURE, EXECUTE)], record(Act.UNSURE, EXECUTE)),
        ([*EXECUTED, record(Act.ACCEPTED, EXECUTE)], record(Act.ACCEPTED, EXECUTE)),
        ([*EXECUTED, record(Act.REFUSED, EXECUTE)], MADE[1]),
        ([record(Act.INTENT, EXECUTE), record(Act.REFUSED, EXECUTE)], None),
        ([*EXECUTED, record(Act.ACCEPTED, DELETE)], EXECUTED[-1]),
        ([*EXECUTED, record(Act.TERMINAL, EXECUTE)], record(Act.TERMINAL, EXECUTE)),
        ([*EXECUTED, record(Act.TERMINAL, EXECUTE), record(Act.CONCLUDED)], None),
    ],
)
def test_what_is_left_to_take_up(records: list[Record], left: Record | None) -> None:
    assert open_intent(records) == left


ANY = st.one_of(
    st.just(record(Act.CONCLUDED)),
    st.builds(
        record,
        st.sampled_from([Act.INTENT, Act.ACCEPTED, Act.REFUSED, Act.UNSURE, Act.TERMINAL]),
        st.sampled_from([CREATE, DELETE, EXECUTE]),
        st.sampled_from([OURS, ARN, f"{PREFIX}older"]),
    ),
)


@given(st.lists(ANY, max_size=12))
def test_what_may_have_been_executed_is_never_forgotten(records: list[Record]) -> None:
    since = records[max((i for i, each in enumerate(records) if each.act is Act.CONCLUDED), default=-1) + 1 :]
    executions = [each for each in since if each.call == EXECUTE]
    left = open_intent(records)
    if executions and executions[-1].act is not Act.REFUSED:
        assert left == executions[-1]
    else:
        assert left is None or (left.call == CREATE and left in since)
    if not since:
        assert left is None
