"""Facts about what surrounds an update: what else waits for the stack, what forbids changes of it, who is told of them."""

from collections.abc import Iterable, Mapping
from functools import partial

from upgrade.aws import alarms, change_sets, cloudformation, sns
from upgrade.facts.changes import ListedChangeSet
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known
from upgrade.facts.source import Source
from upgrade.facts.stack import Event, Stack

USER_INITIATED = "User Initiated"
"""Reason of the event with which an operation that somebody asked for begins."""


class Surroundings:
    """One fact family a method."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family()
    def change_sets(self) -> Fact[tuple[ListedChangeSet, ...]]:
        """Every change set of the stack that is not executed."""
        read = partial(change_sets.read_list, self.source.client("cloudformation"), self.source.entry.stack_name)
        return self.source.read("cloudformation:ListChangeSets", read)

    @family()
    def running(self, stack: Fact[Stack]) -> Fact[Event | None]:
        """The event with which the running operation began; None while the stack is at rest."""
        if not stack.value.status.endswith("_IN_PROGRESS"):
            return Known(None, self.source.clock.now())
        pages = partial(cloudformation.event_pages, self.source.client("cloudformation"), stack.value.arn)
        return self.source.read("cloudformation:DescribeStackEvents", lambda: began(pages()))

    @family(after=True)
    def stack_policy(self) -> Fact[str]:
        """The stack's policy."""
        read = partial(cloudformation.read_policy, self.source.client("cloudformation"), self.source.entry.stack_name)
        return self.source.read("cloudformation:GetStackPolicy", read)

    @family()
    def rollback_alarms(self, stack: Fact[Stack]) -> Fact[Mapping[str, str]]:
        """The state of the alarms on the stack and in the configuration that roll an update back."""
        arns = dict.fromkeys([*(arn for arn, _ in stack.value.rollback_triggers), *self.source.entry.rollback_triggers])
        read = partial(alarms.read_states, self.source.client("cloudwatch"), arns)
        return self.source.read("cloudwatch:DescribeAlarms", read)

    @family()
    def topics(self, stack: Fact[Stack]) -> Fact[Mapping[str, bool]]:
        """Whether each topic still exists that CloudFormation notifies."""
        arns, client = stack.value.notification_arns, self.source.client("sns")
        return self.source.read(
            "sns:GetTopicAttributes",
            lambda: dict(zip(arns, gather(partial(sns.read_exists, client, arn) for arn in arns), strict=True)),
        )


def began(pages: Iterable[tuple[Event, ...]]) -> Event | None:
    """The newest event of the stack itself with which an operation began; pages as AWS gives them, newest first."""
    own = (event for page in pages for event in page if event.physical_id == event.stack_arn)
    return next((event for event in own if event.reason == USER_INITIATED), None)
