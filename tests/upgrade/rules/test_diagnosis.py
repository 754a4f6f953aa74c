"""The first true cause: whatever follows from it, wherever it lies, in whatever order it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ARN, NOW, event
from upgrade.facts.diagnosis import Diagnosis
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.stack import Event, HookRun
from upgrade.rules.diagnosis import diagnose
from upgrade.rules.reasons import patterns

Told = tuple[str, str, str]
"""Logical id, status, reason."""


def nested_arn(name: str) -> str:
    return f"arn:aws:cloudformation:us-east-1:111122223333:stack/codeocean-{name}/1"


def story(*told: Told, stack: str = ARN, start: float = 0) -> list[Event]:
    """Events a second apart. `codeocean` is the root itself, `self` a nested stack, what begins with `Nested` one in it."""
    return [_told(stack, start + number, *each) for number, each in enumerate(told)]


def _told(stack: str, seconds: float, name: str, status: str, reason: str) -> Event:
    stacks = {"codeocean": ARN, "self": stack, **({name: nested_arn(name)} if name.startswith("Nested") else {})}
    return event(
        name,
        status,
        reason,
        event_id=f"{stack}-{seconds}-{name}",
        stack_arn=stack,
        physical_id=stacks.get(name, f"{name}-1"),
        type="AWS::CloudFormation::Stack" if name in stacks else "AWS::EC2::Volume",
        at=NOW + timedelta(seconds=seconds),
    )


BEGIN = ("codeocean", "UPDATE_IN_PROGRESS", "User Initiated")
FAILED = ("DataVolume", "UPDATE_FAILED", "Volumes can't shrink")
CANCELLED = ("AlarmsTopic", "UPDATE_FAILED", "Resource update cancelled")
TURN = ("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [DataVolume].")
UNDONE = ("AlarmsTopic", "UPDATE_COMPLETE", "")
BACK = ("codeocean", "UPDATE_ROLLBACK_COMPLETE", "")
STUCK = ("codeocean", "UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [AlarmsTopic].")


def diagnosed(
    events: Sequence[Event], stops: Mapping[str, Fact[tuple[Event, ...]]] = {}, **nested: Sequence[Event]
) -> Diagnosis:
    def read(arn: str) -> Fact[tuple[Event, ...]]:
        found = next((told for name, told in nested.items() if nested_arn(name) == arn), None)
        return Unknown(Reason.DENIED, "no", "", NOW) if found is None else Known(tuple(reversed(found)), NOW)

    return diagnose(events, read, lambda _: Known((), NOW), stops.__getitem__)


def cause(found: Diagnosis) -> tuple[str, str]:
    assert found.cause is not None
    return found.cause.resource, found.cause.reason


def test_the_first_failure_that_is_no_cancellation_is_the_cause() -> None:
    found = diagnosed(
        story(BEGIN, CANCELLED, FAILED, ("AnalyticsDBInstance", "UPDATE_FAILED", "full"), TURN, UNDONE, BACK)
    )

    assert cause(found) == ("DataVolume", "Volumes can't shrink")
    assert [each.status for each in found.chain] == ["UPDATE_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS"]
    assert [each.resource for each in found.also] == ["AnalyticsDBInstance"]
    assert (found.cancelled, found.undone, found.not_undone) == (("AlarmsTopic",), ("AlarmsTopic",), ())


def test_what_the_rollback_could_not_take_back_is_no_cause() -> None:
    found = diagnosed(story(BEGIN, FAILED, TURN, ("AlarmsTopic", "UPDATE_FAILED", "the topic is locked"), STUCK))

    assert cause(found) == ("DataVolume", "Volumes can't shrink")
    assert [(each.resource, each.reason) for each in found.not_undone] == [("AlarmsTopic", "the topic is locked")]
    assert found.undone == ()


def test_what_a_continued_rollback_took_back_is_undone() -> None:
    locked = ("AlarmsTopic", "UPDATE_FAILED", "the topic is locked")
    again = ("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    found = diagnosed(story(BEGIN, FAILED, TURN, locked, STUCK, again, UNDONE, BACK))

    assert (found.undone, found.not_undone) == (("AlarmsTopic",), ())


def test_what_the_clean_up_leaves_behind_is_no_cause() -> None:
    cleaning = ("codeocean", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")
    left = ("OldVolume", "DELETE_FAILED", "in use")

    assert diagnosed(story(BEGIN, cleaning, left, ("codeocean", "UPDATE_COMPLETE", ""))).cause is None


EMBEDDED = (
    "Nested",
    "UPDATE_FAILED",
    "Embedded stack arn was not successfully updated. The following resource(s) failed to update: [Inner].",
)
INSIDE = (
    ("self", "UPDATE_IN_PROGRESS", ""),
    ("Inner", "UPDATE_FAILED", "the inner topic is full"),
    ("self", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Inner]."),
    ("Inner", "UPDATE_COMPLETE", ""),
    ("self", "UPDATE_ROLLBACK_COMPLETE", ""),
)


def test_a_failure_is_followed_into_nested_stacks() -> None:
    outer = story(BEGIN, ("Nested", "UPDATE_IN_PROGRESS", ""), EMBEDDED, TURN, BACK)
    again = (("NestedAgain", "UPDATE_IN_PROGRESS", ""), ("NestedAgain", *EMBEDDED[1:]))
    middle = story(("self", "UPDATE_IN_PROGRESS", ""), *again, stack=nested_arn("Nested"), start=1)
    inner = story(*INSIDE, stack=nested_arn("NestedAgain"), start=2)
    found = diagnosed(outer, Nested=middle, NestedAgain=inner)

    assert cause(found) == ("Nested.NestedAgain.Inner", "the inner topic is full")
    assert [each.logical_id for each in found.chain] == ["Inner", "NestedAgain", "Nested", "codeocean"]
    assert found.also == ()
    assert found.undone == ("Nested.NestedAgain.Inner",)


def test_an_earlier_failure_in_a_nested_stack_counts_though_another_was_told_first() -> None:
    outer = story(BEGIN, ("Nested", "UPDATE_IN_PROGRESS", ""), ("x", "UPDATE_COMPLETE", ""), FAILED, EMBEDDED, TURN)
    found = diagnosed(outer, Nested=story(*INSIDE, stack=nested_arn("Nested"), start=1))

    assert cause(found)[0] == "Nested.Inner"
    assert [each.resource for each in found.also] == ["DataVolume"]


def test_what_happened_in_a_nested_stack_before_is_not_of_this_update() -> None:
    outer = story(BEGIN, ("Nested", "UPDATE_IN_PROGRESS", ""), EMBEDDED, TURN)
    earlier = story(*INSIDE, stack=nested_arn("Nested"), start=-3600)

    assert cause(diagnosed(outer, Nested=earlier))[0] == "Nested"


def test_a_nested_stack_that_cannot_be_read_is_named() -> None:
    found = diagnosed(story(BEGIN, ("Nested", "UPDATE_IN_PROGRESS", ""), EMBEDDED, TURN))

    assert cause(found)[0] == "Nested"
    assert found.unread == ("Nested: denied: no",)


def test_nested_events_that_are_told_already_are_not_read() -> None:
    outer = story(BEGIN, ("Nested", "UPDATE_IN_PROGRESS", ""), EMBEDDED, TURN)
    found = diagnosed([*outer, *story(*INSIDE, stack=nested_arn("Nested"), start=1.1)])

    assert (cause(found)[0], found.unread) == ("Nested.Inner", ())


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("Export net:Vpc cannot be updated as it is in use by app", "app must stop importing net:Vpc"),
        ("User Initiated", "whether somebody cancelled the update"),
        ("The following resource(s) failed to update: [Lost].", "Look at the resource in its own service"),
        ("", "whether somebody cancelled the update"),
    ],
)
def test_where_no_resource_failed_the_stack_itself_says_why(reason: str, remedy: str) -> None:
    found = diagnosed(story(BEGIN, CANCELLED, ("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", reason), BACK))

    assert cause(found)[0] == "codeocean"
    assert found.cause is not None
    assert remedy in found.cause.remedy


@pytest.mark.parametrize(("mode", "says"), [("FAIL", "rule(s) failed: NO_OPEN_PORTS"), ("WARN", "Hook]")])
def test_a_hook_says_itself_why_it_failed_a_resource(mode: str, says: str) -> None:
    words = "Template failed validation, the following rule(s) failed: NO_OPEN_PORTS"
    hook = HookRun("1", "Acme::Guard::Hook", mode, "HOOK_COMPLETE_FAILED", words)
    begin, looks, failed, turn = story(
        BEGIN,
        ("DataVolume", "UPDATE_IN_PROGRESS", ""),
        ("DataVolume", "UPDATE_FAILED", "The following hook(s) failed: [Acme::Guard::Hook]"),
        TURN,
    )
    found = diagnosed([begin, replace(looks, hook=hook), failed, turn])

    assert cause(found)[1].endswith(says)
    assert found.cause is not None
    assert found.cause.family == "hook"


OPAQUE = "Validation failed with 1 error(s). Call DescribeEvents to retrieve the full list of issues with resource and property details"
BY_HOOK = ("DataVolume", "UPDATE_FAILED", "The following hook(s) failed: [Acme::Guard::Hook]")
VALIDATED = (
    "Bucket",
    "VALIDATION_FAILED",
    "Resource of type 'AWS::S3::Bucket' with identifier 'logs' already exists (NAME_CONFLICT_VALIDATION, /Resources/Bucket)",
)
DENIED = Unknown(Reason.DENIED, "no", "cloudformation:DescribeEvents", NOW)


def of(operation: str, events: Sequence[Event]) -> list[Event]:
    return [replace(each, operation_id=operation) for each in events]


def opaque(operation: str = "update") -> list[Event]:
    """An update that a validation has stopped, as its stack tells it; its rollback is another operation."""
    turn = ("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", OPAQUE)
    return [*of(operation, story(BEGIN)), *of("rollback", story(turn, BACK, start=1))]


@pytest.mark.parametrize("second", [0.5, 9], ids=["in order", "told late"])
def test_a_validation_that_only_the_operation_tells_is_the_cause(second: float) -> None:
    found = diagnosed(opaque(), {"update": Known(tuple(story(VALIDATED, start=second)), NOW)})

    assert cause(found) == ("Bucket", VALIDATED[2])
    assert found.cause is not None
    assert found.cause.family == "name exists"
    assert [each.status for each in found.chain] == ["VALIDATION_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS"]


def test_nor_does_the_stack_around_a_nested_one_know_what_a_validation_found() -> None:
    failed = ("Nested", "UPDATE_FAILED", f"Embedded stack arn was not successfully updated: {OPAQUE}")
    outer = of("outer", story(BEGIN, ("Nested", "UPDATE_IN_PROGRESS", ""), failed, TURN))
    begin, turn = ("self", "UPDATE_IN_PROGRESS", ""), ("self", "UPDATE_ROLLBACK_IN_PROGRESS", OPAQUE)
    inner = [*of("inner", story(begin, stack=nested_arn("Nested"), start=1.2)), *story(turn, start=1.5)]
    stops = tuple(story(VALIDATED, stack=nested_arn("Nested"), start=1.3))
    found = diagnosed(outer, {"inner": Known(stops, NOW)}, Nested=inner)

    assert cause(found)[0] == "Nested.Bucket"
    assert [each.logical_id for each in found.chain] == ["Bucket", "Nested", "codeocean"]
    assert found.also == ()


@pytest.mark.parametrize("own", [(BY_HOOK,), ()], ids=["of the resource too", "of the stack alone"])
def test_a_hook_that_only_the_operation_tells_says_why(own: tuple[Told, ...]) -> None:
    turn = ("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", BY_HOOK[2])
    hook = HookRun("", "Acme::Guard::Hook", "FAIL", "HOOK_COMPLETE_FAILED", "no open ports")
    (stop,) = story(("DataVolume", "HOOK_COMPLETE_FAILED", BY_HOOK[2]), start=0.5)
    stops = (replace(stop, hook=hook),)
    found = diagnosed(of("update", story(BEGIN, *own, turn)), {"update": Known(stops, NOW)})

    assert cause(found) == ("DataVolume", "The following hook(s) failed: [Acme::Guard::Hook]: no open ports")
    assert found.cause is not None
    assert found.cause.family == "hook"
    assert found.also == ()


@pytest.mark.parametrize("events", [opaque(), of("update", story(BEGIN, BY_HOOK, TURN))], ids=["validation", "hook"])
def test_what_the_operation_would_tell_and_cannot_be_read_is_told_once_and_takes_nothing_away(
    events: list[Event],
) -> None:
    known, unread = diagnosed(events, {"update": Known((), NOW)}), diagnosed(events, {"update": DENIED})

    assert known.cause is not None
    assert unread.cause == replace(
        known.cause, remedy=f"{known.cause.remedy} What validations and hooks have found can't be read ({DENIED})."
    )
    assert replace(unread, cause=None) == replace(known, cause=None)


def test_after_the_first_refusal_no_other_operation_is_asked_about() -> None:
    lost = [
        (name, "UPDATE_FAILED", f"Embedded stack arn was not successfully updated: {OPAQUE}")
        for name in ("Nested1", "Nested2")
    ]
    inner = {
        name: of(name, story(("self", "UPDATE_IN_PROGRESS", ""), stack=nested_arn(name), start=1 + at))
        for at, (name, _, _) in enumerate(lost)
    }
    found = diagnosed(of("outer", story(BEGIN, *lost, TURN)), {"Nested1": DENIED}, **inner)

    assert cause(found)[0] == "Nested1"
    assert [each.resource for each in found.also] == ["Nested2"]


@pytest.mark.parametrize(
    "events",
    [
        story(BEGIN, FAILED, TURN),
        story(BEGIN, CANCELLED),
        story(TURN, ("AlarmsTopic", "UPDATE_FAILED", "locked"), STUCK),
        [
            *story(BEGIN, ("Nested", "UPDATE_IN_PROGRESS", ""), FAILED, ("Nested", *CANCELLED[1:]), TURN),
            *story(("self", "UPDATE_IN_PROGRESS", ""), stack=nested_arn("Nested"), start=1.1),
            *story(("self", *TURN[1:]), stack=nested_arn("Nested"), start=3),
        ],
    ],
    ids=["a resource says why", "nothing has failed", "a rollback that was continued", "cancelled"],
)
def test_an_operation_is_not_asked_about_where_its_stack_tells_enough(events: list[Event]) -> None:
    asked: list[str] = []

    def stops(operation: str) -> Unknown:
        asked.append(operation)
        return DENIED

    diagnose(of("update", events), lambda _: DENIED, lambda _: DENIED, stops)

    assert asked == []


@pytest.mark.parametrize("message", [message for pattern in patterns() for message, _ in pattern.seen])
def test_resource_reason_and_remedy_are_told_in_one_line(message: str) -> None:
    found = diagnosed(story(BEGIN, ("DataVolume", "UPDATE_FAILED", message), TURN, BACK))

    assert found.cause is not None
    assert found.cause.family
    assert found.cause.told.startswith("DataVolume (AWS::EC2::Volume): ")
    assert found.cause.told.endswith(f"Do this: {found.cause.remedy}")


def test_without_events_nothing_is_told() -> None:
    assert diagnosed([]) == Diagnosis(None, (), (), (), (), (), ())


WHOLE = [
    *story(BEGIN, ("Nested", "UPDATE_IN_PROGRESS", ""), CANCELLED, FAILED, EMBEDDED, TURN, UNDONE, BACK),
    *story(*INSIDE, stack=nested_arn("Nested"), start=1.5),
]


@given(st.permutations(WHOLE))
def test_the_order_of_delivery_does_not_matter(events: list[Event]) -> None:
    assert diagnosed(events) == diagnosed(WHOLE)


@given(st.permutations(["DataVolume", "AlarmsTopic", "AnalyticsDBInstance"]))
def test_nor_does_that_of_failures_of_the_same_moment(names: list[str]) -> None:
    same = [
        replace(each, at=NOW + timedelta(seconds=1)) for each in story(*((n, "UPDATE_FAILED", "full") for n in names))
    ]

    assert cause(diagnosed([*story(BEGIN), *same, *story(TURN, start=1)]))[0] == "AlarmsTopic"


STATUSES = [
    "UPDATE_IN_PROGRESS",
    "UPDATE_FAILED",
    "CREATE_FAILED",
    "DELETE_COMPLETE",
    "UPDATE_COMPLETE",
    TURN[1],
    STUCK[1],
]
STACKS = [ARN, nested_arn("a"), nested_arn("b"), ""]


@given(
    st.lists(
        st.builds(
            event,
            st.sampled_from(["codeocean", "DataVolume", "x"]),
            st.sampled_from(STATUSES),
            st.sampled_from(["", "Resource update cancelled", EMBEDDED[2], "full"]),
            stack_arn=st.sampled_from(STACKS),
            physical_id=st.sampled_from([*STACKS, "x"]),
            at=st.integers(0, 5).map(lambda seconds: NOW + timedelta(seconds=seconds)),
        ),
        max_size=12,
    )
)
def test_it_never_raises_and_names_only_what_failed(events: list[Event]) -> None:
    found = diagnose(events, lambda _: Known(tuple(events), NOW), lambda _: Known((), NOW), lambda _: Known((), NOW))

    assert all(each.event in events for each in (*found.also, *found.not_undone))
    assert found.cause is None or found.chain[0] is found.cause.event
