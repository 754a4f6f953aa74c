"""Whether a change of a change set follows from the difference of templates, parameters and tags: real against predicted. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from upgrade.facts.changes import ChangeDetail, Plan, ResourceChange, Unpredicted

ACTIONS = frozenset({"Add", "Modify", "Remove"})
"""What an update of ours can do. AWS has more (Import, Dynamic, SyncWithActual), none of which is asked for."""

REPLACEMENTS = ("", "False", "Conditional", "True")
"""From harmless to harmful."""

EVALUATIONS = frozenset({"Static", "Dynamic"})

SOURCES = frozenset(
    {
        "Automatic",
        "DirectModification",
        "NoModification",
        "ParameterReference",
        "ResourceAttribute",
        "ResourceReference",
        "",  # CloudFormation leaves it out of some details of added and removed resources
    }
)


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A change, or a part of one, that nothing explains."""

    change: ResourceChange
    what: str
    """What is not explained, a clause."""
    path: str = ""
    """Of the property, as drift tells it: `/AllocatedStorage`; empty if it is about the whole resource."""
    static: bool = True
    """Whether it certainly happens."""
    unheard: bool = False
    """Whether it is of a kind we do not know."""


def unexplained(made: Plan, predicted: Plan) -> Iterator[Unexplained]:
    """All of a change set that its prediction does not have, and may not just have missed.

    Args:
        made: the change set.
        predicted: what old against new says it would be.
    """
    expected = {change.logical_id: change for change in predicted.changes}
    for change in made.changes:
        if strange := list(_unheard(change)):
            yield from strange
        elif not _where_open(change, predicted):
            yield from _unexplained(change, expected.get(change.logical_id))


def not_assessed(made: Plan, predicted: Plan) -> Mapping[Unpredicted, list[str]]:
    """By where the prediction does not reach, the logical ids of the changes there of which nothing can be said."""
    expected = {change.logical_id: change for change in predicted.changes}
    found = defaultdict[Unpredicted, list[str]](list)
    for change in made.changes:
        open_ = _where_open(change, predicted)
        if open_ and any(_unexplained(change, expected.get(change.logical_id))):
            found[open_].append(change.logical_id)
    return found


def _where_open(change: ResourceChange, predicted: Plan) -> Unpredicted | None:
    """What the prediction can't say of a resource; None if it says what becomes of it."""
    return next((each for each in predicted.unpredicted if each.covers(change.logical_id)), None)


def _unheard(change: ResourceChange) -> Iterator[Unexplained]:
    if change.action not in ACTIONS:
        yield Unexplained(change, f"{change.action!r} is a kind of change that Plimsoll does not know", unheard=True)
    if change.replacement not in REPLACEMENTS:
        yield Unexplained(
            change, f"its Replacement is {change.replacement!r}, which Plimsoll does not know", unheard=True
        )
    for detail in change.details:
        if detail.evaluation not in EVALUATIONS or detail.source not in SOURCES:
            what = f"it changes for a reason that Plimsoll does not know: {detail.source!r}, {detail.evaluation!r}"
            yield Unexplained(change, what, _path(detail), unheard=True)


def _unexplained(change: ResourceChange, expected: ResourceChange | None) -> Iterator[Unexplained]:
    static = not change.details or any(detail.evaluation == "Static" for detail in change.details)
    if expected is None:
        yield Unexplained(
            change,
            f"{change.action} follows from no difference of templates, parameters or tags",
            _first_path(change),
            static=static,
        )
        return
    if expected.action not in {change.action, "Dynamic"}:
        yield Unexplained(change, f"{change.action}, where {expected.action} follows from the differences")
        return
    # Of Add AWS says, when it shows values, that it replaces: only what is there can be replaced.
    harm = REPLACEMENTS.index(change.replacement) - REPLACEMENTS.index(expected.replacement)
    if change.action == "Modify" and harm > 0:
        told = f"Replacement {change.replacement}, where {expected.replacement or 'none'} follows from the differences"
        yield Unexplained(change, told, _first_path(change), static=change.replacement == "True")
    explained = set(map(_place, expected.details))
    for detail in change.details:
        if _changes(detail) and _place(detail) not in explained:
            what = f"{detail.path or '/'.join(filter(None, _place(detail)))} changes{_from_to(detail)}"
            yield Unexplained(change, what, _path(detail), static=detail.evaluation == "Static")


def _changes(detail: ChangeDetail) -> bool:
    return detail.source != "NoModification" and (detail.before is None or detail.before != detail.after)


def _place(detail: ChangeDetail) -> tuple[str, str]:
    """The part of a resource: an attribute, of Properties the property; tags are told in two ways."""
    if detail.attribute == "Properties":
        return ("Tags", "") if detail.name == "Tags" else ("Properties", detail.name)
    return detail.attribute, ""


def _path(detail: ChangeDetail) -> str:
    return (detail.path or f"/{detail.attribute}/{detail.name}".rstrip("/")).removeprefix("/Properties")


def _first_path(change: ResourceChange) -> str:
    return next(map(_path, change.details), "")


def _from_to(detail: ChangeDetail) -> str:
    values = ("an unknown value" if value is None else repr(value) for value in (detail.before, detail.after))
    return "" if detail.before is None is detail.after else " from {} to {}".format(*values)
