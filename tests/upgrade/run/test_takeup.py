"""Nothing is made or executed while it is open whether an earlier execution was accepted; what was, is taken up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.builders import ARN, NOW, entry, event, stack
from upgrade.aws import change_sets
from upgrade.errors import ServiceFailed
from upgrade.facts.baseline import Baseline
from upgrade.facts.changes import run_of
from upgrade.facts.journal import Act, Record
from upgrade.facts.stack import Event
from upgrade.run import takeup
from upgrade.run.journal import CREATE, DELETE, EXECUTE, Journal, Memory, Store, open_intent
from upgrade.run.recognise import description
from upgrade.run.takeup import Begun, TakeUp

OWN = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/plimsoll-R1/6f1c"
REVIEWED = OWN.replace("R1", "P0")
MINUTE = timedelta(minutes=1)
OLD = event(status="UPDATE_IN_PROGRESS", token="Console-1", at=NOW - 9 * MINUTE)
OLD_END = event(status="UPDATE_COMPLETE", token="Console-1", at=NOW - 8 * MINUTE)
BEGAN = event(status="UPDATE_IN_PROGRESS", token="plimsoll-R1", event_id="ours", at=NOW)
ENDED = event(status="UPDATE_COMPLETE", token="plimsoll-R1", event_id="ended", at=NOW + MINUTE)
THEIRS = event(status="UPDATE_IN_PROGRESS", token="Console-2", event_id="theirs", at=NOW + 2 * MINUTE)


@dataclass
class FakeClock:
    """Time passes when somebody sleeps; now and then something happens meanwhile."""

    at: datetime = NOW + 2 * MINUTE
    slept: float = 0.0
    meanwhile: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.slept)

    def monotonic(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.meanwhile()


@dataclass
class Left:
    """What earlier runs have left."""

    stores: dict[str, Memory] = field(default_factory=dict)
    evidence_of: str = ""
    judged: str = ""

    def journals(self) -> Iterator[Store]:
        return iter(self.stores.values())

    def journal(self, run_id: str) -> Store:
        return self.stores.setdefault(run_id, Memory())

    def baseline(self, run_id: str) -> Baseline | None:
        raise NotImplementedError(run_id)

    def newest(self, account: str) -> Baseline | None:
        raise NotImplementedError(account)

    def made_evidence(self, run_id: str) -> bool:
        return run_id == self.evidence_of

    def has_judged(self, token: str) -> bool:
        return token == self.judged


@dataclass
class Cloud:
    """CloudFormation as the reads see it."""

    events: list[Event] = field(default_factory=lambda: [OLD_END, OLD])
    """Newest first."""
    status: str = "AVAILABLE"
    """Of the change set; empty: it is gone."""
    named: str = ""
    """The change set that the stack names as its last one."""
    readable: bool = True
    refuses: bool = False
    """Whether it lets no change set be deleted."""
    left: Left = field(default_factory=Left)
    clock: FakeClock = field(default_factory=FakeClock)
    deleted: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def has(self, act: Act, call: str = EXECUTE, change_set: str = OWN, run: str = "R1") -> None:
        told = {"change_set": change_set, "token": f"plimsoll-{run}", "stack": ARN}
        if call == CREATE:
            del told["token"]
        self.left.journal(run).append(Record(act, NOW, run, call, told))

    def look(self, planned_by: str = "") -> Begun | None:
        clock: Any = self.clock
        return TakeUp(
            client=None,
            planner=self._planner,
            journal=lambda store: Journal(store, clock, "R2", str),
            earlier=self.left,
            entry=entry(minutes=30, health_minutes=5),
            clock=clock,
            skew=lambda: None,
            note=self.notes.append,
            planned_by=planned_by,
        ).look()

    def _planner(self, journal: Journal) -> Any:
        return SimpleNamespace(delete=self._delete, take_back=self._take_back(journal))

    def _delete(self, arn: str) -> None:
        self.deleted.append(arn)
        if not self.refuses:
            self.status = ""

    def _take_back(self, journal: Journal) -> Callable[[str, str], None]:
        def take_back(stack_arn: str, name: str) -> None:
            self.deleted.append(name)
            journal.keep(Act.ACCEPTED, DELETE, change_set=name, stack=stack_arn)

        return take_back

    def open(self, run: str = "R1") -> Record | None:
        return open_intent(self.left.journal(run).records())

    def read_stack(self, _: Any, __: str) -> Any:
        if not self.readable:
            raise ServiceFailed("denied")
        return stack(change_set_id=self.named, updated=NOW)

    def event_pages(self, _: Any, __: str) -> Iterator[tuple[Event, ...]]:
        return iter([(each,) for each in self.events])

    def read_status(self, _: Any, arn: str) -> tuple[str, str, str]:
        if not self.status:
            raise missing(arn)
        return "CREATE_COMPLETE", "", self.status

    def read_description(self, _: Any, arn: str) -> str:
        return description(run_of(arn), "v4.1.0")


def missing(arn: str) -> ClientError:
    return ClientError({"Error": {"Code": "ChangeSetNotFound", "Message": arn}}, "DescribeChangeSet")


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    made = Cloud()
    monkeypatch.setattr(takeup, "read_stack", made.read_stack)
    monkeypatch.setattr(takeup, "event_pages", made.event_pages)
    monkeypatch.setattr(change_sets, "read_status", made.read_status)
    monkeypatch.setattr(change_sets, "read_description", made.read_description)
    return made


RUNS = Begun("R1", "plimsoll-R1", OWN, ARN, NOW, "v4.1.0", frozenset({OLD_END.event_id}))


def taken_up(events: list[Event]) -> Begun:
    return replace(RUNS, has_ended=ENDED in events)


def test_where_nothing_was_left_this_is_an_ordinary_run(cloud: Cloud) -> None:
    assert cloud.look() is None
    assert cloud.deleted == []
    assert cloud.clock.slept == 0


# ---- with a journal --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [Act.INTENT, Act.UNSURE, Act.ACCEPTED, Act.ADOPTED, Act.TERMINAL])
@pytest.mark.parametrize("events", [[BEGAN, OLD_END, OLD], [ENDED, BEGAN, OLD_END, OLD]], ids=["runs", "ended"])
def test_an_update_whose_events_are_seen_is_taken_up(cloud: Cloud, act: Act, events: list[Event]) -> None:
    cloud.has(act)
    cloud.events, cloud.status = events, "EXECUTE_COMPLETE"
    assert cloud.look() == taken_up(cloud.events)
    assert cloud.deleted == []
    assert cloud.clock.slept == 0


@pytest.mark.parametrize("act", [Act.INTENT, Act.UNSURE])
def test_an_execution_that_was_never_accepted_is_fenced_off(cloud: Cloud, act: Act) -> None:
    cloud.has(Act.ACCEPTED, CREATE)
    cloud.has(act)
    assert cloud.look() is None
    assert cloud.deleted == [OWN]
    assert cloud.left.journal("R1").records()[-1].act is Act.REFUSED
    assert cloud.left.journal("R1").records()[-1].run == "R2"


def test_one_that_can_not_be_fenced_off_has_begun(cloud: Cloud) -> None:
    """CloudFormation deletes no change set that it executes; the events only come late."""

    def late() -> None:
        cloud.events = [BEGAN, OLD_END, OLD]

    cloud.has(Act.INTENT)
    cloud.refuses, cloud.clock.meanwhile = True, late
    assert cloud.look() == taken_up(cloud.events)


@pytest.mark.parametrize("status", ["AVAILABLE", "EXECUTE_IN_PROGRESS"])
def test_what_stays_unknown_is_neither_taken_up_nor_passed_over(cloud: Cloud, status: str) -> None:
    cloud.has(Act.INTENT)
    cloud.refuses, cloud.status = True, status
    found = cloud.look()
    assert found is not None
    assert (found.run, found.unsure) == ("R1", "no event of it is seen")
    assert cloud.open() is not None
    assert cloud.clock.slept >= entry().polling.begin


def test_a_stack_that_can_not_be_read_leaves_it_open(cloud: Cloud) -> None:
    cloud.readable = False
    assert cloud.look() is None
    cloud.has(Act.ACCEPTED)
    found = cloud.look()
    assert found is not None
    assert "denied" in found.unsure


def test_a_reviewed_change_set_is_not_deleted(cloud: Cloud) -> None:
    """It may be executed again, with another token: CloudFormation executes it once."""
    cloud.has(Act.INTENT, change_set=REVIEWED)
    assert cloud.look() is None
    assert cloud.deleted == []
    assert cloud.clock.slept >= entry().polling.begin


@pytest.mark.parametrize(("status", "act"), [("OBSOLETE", Act.REFUSED), ("EXECUTE_COMPLETE", Act.CONCLUDED)])
def test_when_another_update_came_there_is_nothing_left(cloud: Cloud, status: str, act: Act) -> None:
    cloud.has(Act.ACCEPTED)
    cloud.events, cloud.status = [THEIRS, ENDED, BEGAN, OLD_END, OLD], status
    assert cloud.look() is None
    assert cloud.deleted == []
    assert cloud.left.journal("R1").records()[-1].act is act
    assert cloud.open() is None


@pytest.mark.parametrize(("act", "change_set"), [(Act.INTENT, "plimsoll-R1"), (Act.ACCEPTED, OWN)])
def test_a_change_set_that_was_not_to_be_executed_is_deleted(cloud: Cloud, act: Act, change_set: str) -> None:
    cloud.has(act, CREATE, change_set)
    assert cloud.look() is None
    assert cloud.deleted == [change_set]
    assert cloud.open() is None


def test_one_that_a_finished_run_has_left_for_review_stays(cloud: Cloud) -> None:
    cloud.has(Act.ACCEPTED, CREATE)
    cloud.left.evidence_of = "R1"
    assert cloud.look() is None
    assert cloud.deleted == []


def test_the_change_set_of_the_plan_that_is_to_be_executed_is_left(cloud: Cloud) -> None:
    cloud.has(Act.ACCEPTED, CREATE)
    assert cloud.look(planned_by="R1") is None
    assert (cloud.deleted, cloud.notes) == ([], [])


def test_what_was_left_of_another_stack_is_not_looked_at(cloud: Cloud) -> None:
    told = {"change_set": OWN, "token": "plimsoll-R1", "stack": f"{ARN}-earlier"}
    for call in (CREATE, EXECUTE):
        cloud.left.journal("R1").append(Record(Act.ACCEPTED, NOW, "R1", call, told))
    assert cloud.look() is None
    assert cloud.deleted == []


# ---- without one -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("events", [[BEGAN, OLD_END, OLD], [ENDED, BEGAN, OLD_END, OLD]], ids=["runs", "ended"])
def test_an_update_of_ours_is_recognised_and_taken_up(cloud: Cloud, events: list[Event]) -> None:
    cloud.events, cloud.named = events, OWN
    assert cloud.look() == taken_up(cloud.events)


def test_one_of_others_is_not(cloud: Cloud) -> None:
    cloud.events, cloud.named = [THEIRS, OLD_END, OLD], OWN
    assert cloud.look() is None


def test_one_that_ended_so_long_ago_that_nobody_waits_for_it_is_not(cloud: Cloud) -> None:
    cloud.events, cloud.named = [ENDED, BEGAN, OLD_END, OLD], OWN
    cloud.clock.at = ENDED.at + (30 + 5 + 60) * MINUTE
    assert cloud.look() == taken_up(cloud.events)
    cloud.clock.at += MINUTE
    assert cloud.look() is None


def test_one_that_still_runs_is_taken_up_however_long(cloud: Cloud) -> None:
    cloud.events, cloud.named = [BEGAN, OLD_END, OLD], OWN
    cloud.clock.at += timedelta(days=2)
    assert cloud.look() == taken_up(cloud.events)


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"])
def test_one_that_failed_is_not(cloud: Cloud, status: str) -> None:
    """There is nothing to judge, and whoever asks again wants to try again."""
    cloud.events, cloud.named = [replace(ENDED, status=status), BEGAN, OLD_END, OLD], OWN
    assert cloud.look() is None


def test_one_that_was_judged_is_not(cloud: Cloud) -> None:
    cloud.events, cloud.named = [ENDED, BEGAN, OLD_END, OLD], OWN
    cloud.left.judged = "plimsoll-R1"
    assert cloud.look() is None


def test_one_whose_journal_says_that_it_was_judged_is_not(cloud: Cloud) -> None:
    cloud.events, cloud.named = [ENDED, BEGAN, OLD_END, OLD], OWN
    cloud.has(Act.TERMINAL)
    cloud.has(Act.CONCLUDED, "")
    assert cloud.look() is None


def test_a_stack_that_does_not_show_yet_what_has_begun_is_asked_again(cloud: Cloud) -> None:
    cloud.events = [replace(BEGAN, at=NOW + timedelta(hours=1)), OLD_END, OLD]
    cloud.named = OWN
    found = cloud.look()
    assert found is not None
    assert (found.run, "does not show yet" in found.unsure) == ("R1", True)
