"""What the plan touches: the readiness of a resource stops an upgrade only if the upgrade changes that resource. Pure."""

from collections.abc import Iterable, Mapping

from upgrade.catalogue import Finding
from upgrade.facts.changes import Plan, ResourceChange


def touched(plan: Plan) -> Mapping[str, ResourceChange]:
    """The planned change of each resource that the plan touches, by logical id."""
    return {change.logical_id: change for change in plan.changes}


def by_relevance(findings: Iterable[Finding], plan: Plan) -> tuple[list[Finding], list[Finding]]:
    """Findings about resources that the plan touches, and the others, which are only told."""
    relevant, told, names = list[Finding](), list[Finding](), touched(plan)
    for finding in findings:
        (relevant if finding.logical_id in names else told).append(finding)
    return relevant, told
