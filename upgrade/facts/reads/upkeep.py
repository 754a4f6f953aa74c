"""Reads when AWS itself works on databases, caches and search domains."""

from functools import partial

from upgrade.aws.elasticache import GROUP
from upgrade.aws.opensearch import DOMAIN
from upgrade.aws.rds import DB_INSTANCE
from upgrade.aws.upkeep import read_cache_upkeep, read_database_upkeep, read_domain_upkeep
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact
from upgrade.facts.source import Resources, Source
from upgrade.facts.upkeep import Upkeeps

READERS = {
    DB_INSTANCE: ("rds", read_database_upkeep),
    GROUP: ("elasticache", read_cache_upkeep),
    DOMAIN: ("opensearch", read_domain_upkeep),
}
"""By resource type, the service and what reads one of it."""


class UpkeepReads:
    """The reads of one stack entry."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family()
    def upkeep(self, resources: Resources) -> Fact[Upkeeps]:
        """Windows and planned work of every database, cache group and search domain."""
        found = {
            each.logical_id: partial(read, self.source.client(service), each.physical_id)
            for each in resources.value
            if each.physical_id and each.type in READERS
            for service, read in [READERS[each.type]]
        }
        return self.source.read("", lambda: dict(zip(found, gather(found.values()), strict=True)))
