"""No engine is taken back to an older version than the one that runs.

AWS refuses to go back. Whoever upgraded an engine by hand is ahead of the template, and so is one that takes minor
versions by itself, which is no harm as long as the plan does not set the version.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.engines import Engine, Running, is_older, planned_engine, running
from upgrade.rules.planned import sets
from upgrade.rules.relevance import touched
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import Resolver

SENT_WHEN_CHANGED = frozenset({"AWS::RDS::DBInstance", "AWS::RDS::DBCluster"})
"""Types whose version CloudFormation sends only if the template's has changed.
https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds, Translator.java"""


@check(
    id="engines-are-not-taken-back",
    title="The plan takes no engine back to an older version",
    severity=Severity.BLOCKER,
    why="An engine can't be downgraded: the update fails, or would replace what holds the data.",
    remedy="Upgrade to a version whose template has at least the engine that runs.",
    requirements=("URS-23",),
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.html",
    ),
)
def check_engines_are_not_taken_back(before: Snapshot, plan: Fact[Plan]) -> None:
    live = running(before.databases.value, before.stateful_services.value)
    if not live:
        not_applicable("the stack has no database, search domain or cache")
    resolver, changes = Resolver(before.target.value, plan.value.parameters), touched(plan.value)
    types = {resource.logical_id: resource.type for resource in before.resources.value}
    findings, warnings = list[Finding](), list[Finding]()
    for name, found in live.items():
        change = changes.get(name)
        wanted = planned_engine(resolver, change, name, types[name])
        if isinstance(wanted, Unresolved) or not is_older(wanted, found.engine):
            continue
        blocks = sets(change, "EngineVersion") or (change is not None and types[name] not in SENT_WHEN_CHANGED)
        (findings if blocks else warnings).append(_finding(name, found, wanted))
    fail(findings, warnings)


def _finding(name: str, found: Running, wanted: Engine) -> Finding:
    return Finding(
        found=f"{name} runs {found.engine}, the target says {wanted}",
        expected=f"{found.engine} or newer",
        remedy=f"choose a target whose template says {found.engine} or newer, or have its author correct the version",
        logical_id=name,
        physical_id=found.physical_id,
        property="EngineVersion",
    )
