"""An update is ours only if everything AWS tells of it agrees, and nobody's picture of it is older than itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, event, stack
from upgrade.facts.stack import OperationEntry
from upgrade.run.recognise import SLACK, Ours, Theirs, Unsure, description, recognise

ARN = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/{}/6f1c"
FIRST = event(status="UPDATE_IN_PROGRESS", token="plimsoll-R2", operation_id="op-2")
STACK = stack(
    updated=NOW,
    change_set_id=ARN.format("plimsoll-R1"),
    operations=(OperationEntry("UPDATE_STACK", "op-2"), OperationEntry("UPDATE_STACK", "op-1")),
)
SAYS = description("R1", "v4.1.0")


def test_what_agrees_is_ours_whoever_planned_it() -> None:
    assert recognise(STACK, FIRST, SAYS) == Ours(
        run="R2",
        planned_by="R1",
        token="plimsoll-R2",
        change_set=ARN.format("plimsoll-R1"),
        target="v4.1.0",
        began=NOW,
    )


def test_a_target_may_be_any_text() -> None:
    found = recognise(STACK, FIRST, description("R1", "https://x/a: upgrade to b\nc"))
    assert isinstance(found, Ours)
    assert found.target == "https://x/a: upgrade to b\nc"


def test_no_update_is_nobodys() -> None:
    assert recognise(STACK, None, SAYS) == Theirs("no update of the stack is among its events")


@pytest.mark.parametrize("token", ["Console-ExecuteChangeSet-1", "plimsoll-", ""])
def test_who_executes_our_change_set_is_named(token: str) -> None:
    found = recognise(STACK, replace(FIRST, token=token), SAYS)
    assert isinstance(found, Theirs)
    assert (token or "without a token") in found.why
    assert "run R1" in found.why


@pytest.mark.parametrize("change_set", ["", ARN.format("release-5")])
def test_an_update_of_others_is_theirs(change_set: str) -> None:
    found = recognise(replace(STACK, change_set_id=change_set), replace(FIRST, token="Console-1"), "release")
    assert isinstance(found, Theirs)
    assert "run" not in found.why


@pytest.mark.parametrize("said", ["", "release 5", description("R0", "v4.1.0"), "x" + SAYS])
def test_a_description_that_is_not_that_of_its_run_is_not_believed(said: str) -> None:
    found = recognise(STACK, FIRST, said)
    assert isinstance(found, Theirs)
    assert "plimsoll-R2" in found.why


@pytest.mark.parametrize(
    "old",
    [
        replace(STACK, operations=STACK.operations[1:]),
        replace(STACK, operations=(), updated=None),
        replace(STACK, operations=(), updated=NOW - SLACK - timedelta(seconds=1)),
    ],
    ids=["operation", "never", "time"],
)
def test_a_picture_from_before_the_update_is_asked_for_again(old: object) -> None:
    """Its change set is that of the update before, which may be ours as well."""
    found = recognise(old, FIRST, SAYS)  # type: ignore[arg-type]
    assert isinstance(found, Unsure)
    assert "plimsoll-R2" in found.why


def test_where_operations_have_no_ids_the_times_tell() -> None:
    assert isinstance(recognise(replace(STACK, operations=()), replace(FIRST, operation_id=""), SAYS), Ours)


NAMES = st.sampled_from(["", "plimsoll-", "plimsoll-R1", "plimsoll-R2", "Console-1", "release-5"])


@given(NAMES, NAMES, st.sampled_from(["", "release", description("R1", "v"), description("R2", "v")]))
def test_nothing_is_ours_that_does_not_agree(token: str, change_set: str, said: str) -> None:
    named = replace(STACK, change_set_id=ARN.format(change_set) if change_set else "")
    found = recognise(named, replace(FIRST, token=token), said)
    ours = token in {"plimsoll-R1", "plimsoll-R2"} and said == description(change_set.removeprefix("plimsoll-"), "v")
    assert isinstance(found, Ours) is (ours and change_set.startswith("plimsoll-"))
