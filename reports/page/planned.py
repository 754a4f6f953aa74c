"""What is planned, and what became of it: the change set in groups, property by property. Pure."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from reports.changes import PlannedChange
from reports.difference import shortened
from reports.record import Record
from upgrade.facts.actual import Agreement, Compared, Kind
from upgrade.facts.changes import ChangeDetail
from upgrade.facts.drift import ResourceDrift
from upgrade.template.telling import KNOWN_AFTER_APPLY


def groups(changes: Iterable[PlannedChange]) -> list[tuple[Kind, list[PlannedChange]]]:
    """Planned changes by kind, the gravest first, in the change set's order."""
    by_kind: defaultdict[Kind, list[PlannedChange]] = defaultdict(list)
    for change in changes:
        by_kind[change.kind].append(change)
    return [(kind, by_kind[kind]) for kind in Kind if by_kind[kind]]


def compared(record: Record) -> dict[str, Compared]:
    """Plan against reality by logical id."""
    return {row.logical_id: row for row in record.compared}


def judged(record: Record) -> tuple[list[Compared], list[Compared]]:
    """What can be compared with the plan, and what of it did not go as planned."""
    rows = [row for row in record.compared if row.agreement is not Agreement.NOT_JUDGED]
    return rows, [row for row in rows if row.agreement is not Agreement.AS_PLANNED]


def touched(change: PlannedChange) -> str:
    """In a few words, what of the resource changes."""
    names = list(dict.fromkeys(label(detail) for detail in change.details))
    shown, more = names[:3], len(names) - 3
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def label(detail: ChangeDetail) -> str:
    """The property's path, as short as it can be told."""
    path = detail.path.strip("/").split("/")
    if path[0] in {"Properties", ""}:
        path = path[1:]
    return ".".join(path) or detail.name or detail.attribute


def details(change: PlannedChange) -> list[tuple[str, list[ChangeDetail]]]:
    """The details by property: one change often has several reasons."""
    by_label: defaultdict[str, list[ChangeDetail]] = defaultdict(list)
    for detail in change.details:
        by_label[label(detail)].append(detail)
    return sorted(by_label.items())


def values(reasons: Iterable[ChangeDetail]) -> tuple[str | None, str | None]:
    """Before and after of one property; each is told by whichever detail has it."""
    told = list(reasons)
    before = next((detail.before for detail in told if detail.before is not None), None)
    after = next((detail.after for detail in told if detail.after is not None), None)
    return before, "(known after the update)" if after == KNOWN_AFTER_APPLY else after


def why(detail: ChangeDetail) -> str:
    """Why the property changes."""
    because = {
        "DirectModification": "template",
        "ParameterReference": "parameter",
        "ResourceReference": "reference to",
        "ResourceAttribute": "attribute",
        "Automatic": "set by CloudFormation",
    }.get(detail.source, detail.source)
    told = " ".join(filter(None, [because, detail.causing_entity]))
    certain = "" if detail.evaluation == "Static" else f" ({detail.evaluation.lower()})" if detail.evaluation else ""
    return told + certain


def settled(record: Record) -> Mapping[str, ResourceDrift]:
    """By logical id what drift detection has found after the update; empty where it did not run."""
    drift = record.after.drift.value
    return {row.logical_id: row for row in drift.rows} if drift else {}


def afterwards(name: str, row: ResourceDrift | None) -> str:
    """What a property was found to be after the update, as far as drift detection tells.

    Args:
        name: as `label` tells it.
        row: of its resource; None where there is none.
    """
    if row is None or row.status not in {"IN_SYNC", "MODIFIED"}:
        return "gone" if row and row.status == "DELETED" else "not checked"
    for each in row.differences:
        path = each.path.strip("/").replace("/", ".")
        if path == name or path.startswith(f"{name}.") or name.startswith(f"{path}."):
            return f"differs at {path}: {each.actual}"
    return "as the template says"


def causes(change: PlannedChange) -> str:
    """What a dynamic change depends on."""
    return ", ".join(dict.fromkeys(detail.causing_entity for detail in change.details if detail.causing_entity))


def pretty(context: str) -> str:
    """A resource's properties, as readable JSON if they are JSON."""
    try:
        return shortened(json.dumps(json.loads(context), indent=2, ensure_ascii=False))
    except ValueError:
        return shortened(context)
