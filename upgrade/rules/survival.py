"""Whether a resource certainly survives a change set: pure, on the change set and the schemas.

CloudFormation says `Conditional` whenever it can't know, and `True` when all it knows is that a value comes later. Much of
that can be resolved: a value that comes from a resource which itself stays, and which can't change while it stays, is the
same value. What remains unresolved is a threat.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceTargetDefinition.html
"""

from collections.abc import Iterable, Mapping
from functools import cache

from upgrade.facts.changes import ChangeDetail, ResourceChange
from upgrade.template.schema import is_identity, schema

MASKED = "****"
"""What CloudFormation shows of a NoEcho value."""

HARMLESS_ACTIONS = frozenset({"Add", "Import"})


class Survival:
    """Judges the changes of one change set."""

    def __init__(self, changes: Iterable[ResourceChange]) -> None:
        self._changes: Mapping[str, ResourceChange] = {change.logical_id: change for change in changes}
        self.threats = cache(self._threats)

    def _threats(self, logical_id: str) -> tuple[str, ...]:
        """Why this resource may not survive, a clause each; none if it certainly does."""
        change = self._changes.get(logical_id)
        if change is None or change.action in HARMLESS_ACTIONS:
            return ()
        if change.action == "Remove":
            return (f"it is removed ({change.policy_action or 'Delete'})",)
        if change.action != "Modify":
            return (f"{change.action!r} is a kind of change Plimsoll can't judge",)
        if change.replacement == "False":
            return ()
        details = [detail for detail in change.details if detail.requires_recreation != "Never"]
        if change.replacement not in {"True", "Conditional"} or not details:
            return (f"Replacement is {change.replacement or 'not given'} and no detail says why",)
        return tuple(threat for detail in details if (threat := self._threat(detail)))

    def _cause(self, entity: str) -> tuple[str, str]:
        """`Resource.Attribute` in its parts; a resource of a nested stack has a dot of its own: `Stack.Resource`."""
        parts = entity.split(".")
        ends = (end for end in range(len(parts), 0, -1) if ".".join(parts[:end]) in self._changes)
        end = next(ends, 1)
        return ".".join(parts[:end]), ".".join(parts[end:])

    def _threat(self, detail: ChangeDetail) -> str:
        where = detail.path or f"/{detail.attribute}/{detail.name}".rstrip("/")
        known = detail.before not in {None, MASKED}  # two masked values may differ
        if detail.source == "NoModification" or (known and detail.before == detail.after):
            return ""
        if detail.evaluation != "Dynamic":
            change = f"{where} changes from {_shown(detail.before)} to {_shown(detail.after)}"
            certain = detail.requires_recreation == "Always"
            return f"{change}, which {'replaces' if certain else 'may replace'} it"
        cause, attribute = self._cause(detail.causing_entity)
        source = self._changes.get(cause)
        if source is None:
            return f"{where} takes a value known only after the update, from {detail.causing_entity or 'an unnamed source'}"
        if source.action != "Modify" or self.threats(cause):
            return f"{where} takes its value from {detail.causing_entity}, and {cause} itself is new or may be replaced"
        stays = is_identity(source.type, attribute) if attribute else schema(source.type) is not None
        if not stays:  # Ref gives the physical id, which a custom resource may change while it stays
            return f"{where} takes its value from {detail.causing_entity}, which may change in the update"
        return ""


def _shown(value: str | None) -> str:
    return "an unknown value" if value is None else repr(value)
