"""Facts about what surrounds an update: what else waits for the stack, what forbids changes of it, who is told of them."""

from collections.abc import Mapping
from functools import partial

from upgrade.aws import alarms, change_sets, cloudformation, sns
from upgrade.facts.changes import ListedChangeSet
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact
from upgrade.facts.source import Source
from upgrade.facts.stack import Stack


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
