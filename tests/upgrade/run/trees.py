"""A made-up update of a stack with nested stacks, and a CloudFormation that tells it, with a clock of its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.builders import ARN, NOW, event
from upgrade.facts.stack import Event
from upgrade.run.watch import STACK

TOKEN = "plimsoll-1"


def arn_of(nested: str) -> str:
    return f"arn:aws:cloudformation:us-east-1:111122223333:stack/codeocean-{nested}/1"


def told(stack: str, logical_id: str, status: str, second: float, **changes: Any) -> Event:
    """An event so many seconds after the beginning."""
    id_ = f"{stack} {second} {logical_id} {status}"
    return event(logical_id, status, stack_arn=stack, at=NOW + timedelta(seconds=second), event_id=id_, **changes)


def own(stack: str, status: str, second: float) -> Event:
    return told(stack, "stack", status, second, physical_id=stack, type=STACK)


def row(stack: str, nested: str, status: str, second: float) -> Event:
    return told(stack, nested, status, second, physical_id=arn_of(nested), type=STACK)


def update(nested: int, resources: int, seconds: float) -> dict[str, list[Event]]:
    """By stack, the events of an update of that length: all nested stacks work at once; the last is nested in the first."""
    stories = {ARN: [own(ARN, "UPDATE_IN_PROGRESS", 0)]}
    names = [f"N{number}" for number in range(nested)]
    for number, name in enumerate(names):
        parent = arn_of(names[0]) if number and number == nested - 1 else ARN
        arn, shift = arn_of(name), 1 + number / 100
        stories[parent].append(row(parent, name, "UPDATE_IN_PROGRESS", shift))
        stories[arn] = [own(arn, "UPDATE_IN_PROGRESS", shift + 1)]
        for at in range(resources):
            begun = shift + 2 + at * (seconds - 10) / resources
            stories[arn].append(told(arn, f"R{at}", "UPDATE_IN_PROGRESS", begun, type="AWS::SNS::Topic"))
            stories[arn].append(told(arn, f"R{at}", "UPDATE_COMPLETE", begun + 0.5, type="AWS::SNS::Topic"))
        stories[arn].append(own(arn, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", seconds - 5 + shift))
        stories[parent].append(row(parent, name, "UPDATE_COMPLETE", seconds - 4 + shift))
        stories[arn].append(own(arn, "UPDATE_COMPLETE", seconds - 2 + shift))
    stories[ARN].append(own(ARN, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", seconds - 1.5))
    stories[ARN].append(own(ARN, "UPDATE_COMPLETE", seconds))
    return {arn: sorted(events, key=lambda each: each.at) for arn, events in stories.items()}


@dataclass
class Cloud:
    """Time passes when somebody sleeps, and with every call."""

    stories: Mapping[str, list[Event]]
    latency: float = 0.1
    size: int = 100
    """Events on a page."""
    slept: float = 0.0
    asked: list[tuple[float, str]] = field(default_factory=list)
    """Each call: when, and of which stack."""
    late: Mapping[str, float] = field(default_factory=dict)
    """By event id, how many seconds after it happened it is told."""
    unreadable: Callable[[str], Exception | None] = lambda _: None

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.slept)

    def monotonic(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def event_pages(self, _: object, stack: str) -> Iterator[tuple[Event, ...]]:
        seen = [each for each in reversed(self.stories[stack]) if self._is_told(each)]
        for at in range(0, max(len(seen), 1), self.size):
            self.asked.append((self.slept, stack))
            self.slept += self.latency
            if error := self.unreadable(stack):
                raise error
            yield tuple(seen[at : at + self.size])

    def _is_told(self, event: Event) -> bool:
        return event.at + timedelta(seconds=self.late.get(event.event_id, 0)) <= self.now()


def all_of(stories: Mapping[str, Iterable[Event]]) -> set[str]:
    """Ids of all events."""
    return {each.event_id for events in stories.values() for each in events}
