"""What the plan touches: the readiness of a resource stops an upgrade only if the upgrade changes that resource. Pure."""

from collections.abc import Iterable, Mapping

from upgrade.catalogue import Finding
from upgrade.errors import CannotTell
from upgrade.facts.changes import Plan, ResourceChange


def touched(plan: Plan) -> Mapping[str, ResourceChange]:
    """The planned change of each resource that the plan touches, by logical id."""
    return {change.logical_id: change for change in plan.changes}


def require_predicted(plan: Plan, logical_ids: Iterable[str]) -> None:
    """Make sure that a predicted plan says what becomes of these resources; a change set always does.

    Raises:
        CannotTell: it does not.
    """
    for logical_id in logical_ids:
        for each in plan.unpredicted:
            if each.covers(logical_id):
                raise CannotTell(f"what becomes of {logical_id} is not predicted: {each.why}; a change set tells")


def by_relevance(findings: Iterable[Finding], plan: Plan) -> tuple[list[Finding], list[Finding]]:
    """Findings about resources that the plan touches, and the others, which are only told.

    Raises:
        CannotTell: the plan is a prediction that does not say what becomes of one of them.
    """
    findings = tuple(findings)
    require_predicted(plan, [finding.logical_id for finding in findings])
    relevant, told, names = list[Finding](), list[Finding](), touched(plan)
    for finding in findings:
        (relevant if finding.logical_id in names else told).append(finding)
    return relevant, told
