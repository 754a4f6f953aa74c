"""Reads the state of what computes: instance refreshes of groups, Batch environments and queues."""

from functools import partial

from upgrade.aws import autoscaling, batch
from upgrade.aws.autoscaling import GROUP
from upgrade.facts.compute import Environments, Launches, Queues, Refreshes
from upgrade.facts.family import family
from upgrade.facts.known import Fact
from upgrade.facts.source import Resources, Source


class Compute:
    """The reads of one stack entry."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family(after=True)
    def launches(self, resources: Resources) -> Fact[Launches]:
        """What every group launches, and the machines it has."""
        client, ec2, names = self.source.client("autoscaling"), self.source.client("ec2"), _found(resources, GROUP)
        call = "autoscaling:DescribeAutoScalingGroups"
        return self.source.read(call, lambda: autoscaling.read_launches(client, ec2, names))

    @family()
    def refreshes(self, resources: Resources) -> Fact[Refreshes]:
        """The instance refreshes of every group that are not over."""
        read = partial(autoscaling.read_refreshes, self.source.client("autoscaling"))
        return self.source.each(resources, GROUP, "autoscaling:DescribeInstanceRefreshes", read)

    @family()
    def environments(self, resources: Resources) -> Fact[Environments]:
        """Every Batch compute environment."""
        client, arns = self.source.client("batch"), _found(resources, batch.ENVIRONMENT)
        call = "batch:DescribeComputeEnvironments"
        return self.source.read(call, lambda: batch.read_environments(client, arns))

    @family()
    def queues(self, resources: Resources) -> Fact[Queues]:
        """Every Batch job queue."""
        client, arns = self.source.client("batch"), _found(resources, batch.JOB_QUEUE)
        return self.source.read("batch:DescribeJobQueues", lambda: batch.read_queues(client, arns))


def _found(resources: Resources, type_: str) -> dict[str, str]:
    """Physical ids of the resources of a type, by logical id."""
    return {each.logical_id: each.physical_id for each in resources.value if each.type == type_ and each.physical_id}
