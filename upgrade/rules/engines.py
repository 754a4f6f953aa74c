"""Versions of engines: which one is older, and until when a version is supported. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from upgrade.config.product import EndOfSupport
from upgrade.facts.changes import ResourceChange
from upgrade.facts.data import StatefulServices
from upgrade.facts.services import Databases
from upgrade.rules.planned import planned
from upgrade.template.functions import Unresolved, literal
from upgrade.template.resolve import Resolver

SUCCESSORS = {"elasticsearch": 0, "opensearch": 1, "redis": 0, "valkey": 1}
"""Engines of which the one replaces the other: the way back counts as older, whatever the numbers."""

OPENSEARCH = "AWS::OpenSearchService::Domain"

ENGINES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::ElastiCache::ReplicationGroup", OPENSEARCH)
"""Types with an engine whose version the template says."""

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine and its version, e.g. postgres 15.7, or no version if nothing says it."""

    name: str
    """In lower case."""
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


@dataclass(frozen=True, slots=True)
class Running:
    """The engine of a live resource."""

    physical_id: str
    engine: Engine


def running(databases: Databases, services: StatefulServices) -> dict[str, Running]:
    """Every engine that runs, by logical id."""
    found = {name: (each.identifier, each.engine, each.engine_version) for name, each in databases.items()}
    found |= {name: (each.name, each.engine, each.engine_version) for name, each in services.items() if each.engine}
    return {name: Running(id_, Engine(engine.lower(), version)) for name, (id_, engine, version) in found.items()}


def planned_engine(
    resolver: Resolver, change: ResourceChange | None, logical_id: str, type_: str
) -> Engine | Unresolved:
    """The engine that the plan and the target say; Unresolved where they say none, or only AWS knows it."""
    version = planned(resolver, change, logical_id, "EngineVersion")
    if isinstance(version, Unresolved):
        return version
    if type_ == OPENSEARCH:
        name, _, number = literal(version).partition("_")
        return Engine(name.lower(), number)
    engine = planned(resolver, change, logical_id, "Engine")
    return Engine("" if isinstance(engine, Unresolved) else literal(engine).lower(), literal(version))


def is_older(planned: Engine, running: Engine) -> bool:
    """Whether going from what runs to what is planned goes back; `15` covers `15.7`, and `6.x` any 6."""
    ranks = tuple(SUCCESSORS.get(each.name, 0) for each in (planned, running))
    if ranks[0] != ranks[1]:
        return bool(planned.name) and ranks[0] < ranks[1]
    wanted, found = _numbers(planned.version), _numbers(running.version)
    return wanted < found[: len(wanted)]


def ended(engine: Engine, support: EndOfSupport) -> date | None:
    """When the support of a version ends or ended; None where no end is known."""
    ends, version = support.ends.get(engine.name, {}), _numbers(engine.version)
    return next((end for prefix, end in ends.items() if _numbers(prefix) == version[: len(_numbers(prefix))]), None)


def _numbers(version: str) -> Version:
    return tuple(int(number) for number in re.findall(r"\d+", version))
