"""No engine that the target asks for is past its end of standard support.

Past it AWS charges for extended support, and one day upgrades by itself. The dates are shipped with this version of
Plimsoll: how old they are is told.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from upgrade.catalogue import Finding, Severity, check, not_applicable, tell, warn
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.engines import ENGINES, Engine, ended, planned_engine
from upgrade.rules.parameters import plan_parameters
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import Resolver


@check(
    id="engines-are-supported",
    title="No engine of the target is past its end of support",
    severity=Severity.WARNING,
    why="Past the end of support an engine gets no fixes, costs more, and is upgraded by AWS when AWS wants.",
    remedy="Ask the vendor for a version with a supported engine.",
    requirements=("URS-29",),
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/extended-support.html",
    ),
)
def check_engines_are_supported(before: Snapshot, entry: StackEntry, product: Product, now: datetime) -> None:
    engines = dict(_engines(before, entry))
    if not engines:
        not_applicable("the target template has no database, search domain or cache whose version it says")
    support = product.end_of_support
    dates = f"by dates compiled on {support.compiled}, {(now.date() - support.compiled).days} days ago"
    warn(
        [
            Finding(
                found=f"{name}: the standard support of {engine} ended on {end} ({dates})",
                expected="an engine that is supported",
                remedy="ask the vendor for a version with a newer engine; until then AWS may charge for extended support",
                logical_id=name,
                property="EngineVersion",
            )
            for name, engine in engines.items()
            if (end := ended(engine, support)) is not None and end < now.date()
        ]
    )
    tell(f"{', '.join(f'{name} {engine}' for name, engine in engines.items())}: {dates}")


def _engines(before: Snapshot, entry: StackEntry) -> Iterator[tuple[str, Engine]]:
    """The engines of the root template, by logical id."""
    target = before.target.value
    parameters = plan_parameters(entry, before.stack.value, target, before.databases.value).values
    resolver, resources = Resolver(target, parameters), target.body["Resources"]
    for name, exists in resolver.active().items():
        declared: Any = resources[name] if isinstance(resources, dict) else {}
        if exists is not False and declared["Type"] in ENGINES:
            engine = planned_engine(resolver, None, name, declared["Type"])
            if not isinstance(engine, Unresolved):
                yield name, engine
