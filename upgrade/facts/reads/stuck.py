"""Facts about a stack that is stuck in its rollback: read to recover it, and for nothing else."""

from functools import partial

from upgrade.aws import cloudformation
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact
from upgrade.facts.nested import Tree, is_nested
from upgrade.facts.source import Source
from upgrade.facts.stack import Event, Stack
from upgrade.facts.stuck import STUCK, Stuck, left_by, stuck


class StuckReads:
    """One fact family a method."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family(before=False)
    def stuck(self, stack: Fact[Stack], tree: Fact[Tree]) -> Fact[tuple[Stuck, ...]]:
        """What the rollback has left in UPDATE_FAILED, in the root and in every nested stack whose rollback has failed."""
        root, nested = stack.value, {each.arn: each for each in tree.value.stacks}
        paths = {each.physical_id: each.logical_id for each in tree.value.resources if is_nested(each)}
        arns = [each.arn for each in (root, *nested.values()) if each.status == STUCK]
        client = self.source.client("cloudformation")

        def left(arn: str) -> tuple[Event, ...]:
            return left_by(event for page in cloudformation.event_pages(client, arn) for event in page)

        def read() -> tuple[Stuck, ...]:
            events = gather(partial(left, arn) for arn in arns)
            return stuck(root, paths, nested, dict(zip(arns, events, strict=True)))

        return self.source.read("cloudformation:DescribeStackEvents", read)
