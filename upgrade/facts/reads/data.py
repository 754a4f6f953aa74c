"""Reads what holds data beside the stack's own account of it: volumes, search, cache, file systems, free storage."""

from datetime import timedelta
from functools import partial

from upgrade.aws import cloudwatch, efs, elasticache, opensearch, rds
from upgrade.aws.ec2 import VOLUME, read_volumes
from upgrade.facts.data import FreeStorage, StatefulServices, Volumes
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact
from upgrade.facts.source import Resources, Source

RECENT = timedelta(minutes=30)
"""How old a measurement may be; RDS makes one a minute."""


READERS = (
    (opensearch.DOMAIN, "opensearch", opensearch.read_domain),
    (elasticache.GROUP, "elasticache", elasticache.read_group),
    (efs.FILE_SYSTEM, "efs", efs.read_file_system),
)
"""By resource type, the service and what reads one of it."""


class DataReads:
    """One fact family a method."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family()
    def volumes(self, resources: Resources) -> Fact[Volumes]:
        """Every EBS volume of the stack."""
        found = _of_type(resources, VOLUME)
        client = self.source.client("ec2")
        return self.source.read("ec2:DescribeVolumes", lambda: read_volumes(client, found) if found else {})

    @family()
    def stateful_services(self, resources: Resources) -> Fact[StatefulServices]:
        """Every search domain, cache group and file system of the stack."""
        found = {
            logical_id: partial(read, self.source.client(service), name)
            for type_, service, read in READERS
            for logical_id, name in _of_type(resources, type_).items()
        }
        return self.source.read("", lambda: dict(zip(found, gather(found.values()), strict=True)))

    @family()
    def free_storage(self, resources: Resources) -> Fact[FreeStorage]:
        """How much of each database's storage is free."""
        client, now = self.source.client("cloudwatch"), self.source.clock.now()
        read = partial(cloudwatch.read_free_storage, client, (now - RECENT, now))
        return self.source.each(resources, rds.DB_INSTANCE, "cloudwatch:GetMetricStatistics", read)


def _of_type(resources: Resources, type_: str) -> dict[str, str]:
    """Physical ids of the resources of a type, by logical id."""
    return {each.logical_id: each.physical_id for each in resources.value if each.type == type_ and each.physical_id}
