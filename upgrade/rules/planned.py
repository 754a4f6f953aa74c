"""What the plan makes of one property of a resource. Pure."""

from upgrade.facts.changes import ResourceChange
from upgrade.template.resolve import Resolver


def sets(change: ResourceChange | None, name: str) -> bool:
    """Whether a planned change sets this property."""
    return change is not None and any(detail.name == name for detail in change.details)


def planned(resolver: Resolver, change: ResourceChange | None, logical_id: str, name: str) -> object:
    """The value a property will have: as the change set says, where it does, else as the target does.

    Args:
        resolver: of the target, with the parameters of the plan.
        change: what is planned for the resource, if anything.
        logical_id: of the resource.
        name: of the property, e.g. `Size`.

    Returns:
        The value; NO_VALUE where neither says one, another Unresolved where only AWS knows it.
    """
    details = change.details if change else ()
    told = (detail.after for detail in details if detail.name == name and detail.after is not None)
    return next(told, None) or resolver.property(logical_id, name)
