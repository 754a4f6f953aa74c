"""What a stack policy forbids. Pure.

CloudFormation asks the policy when it is about to touch a resource, not when it makes a change set, and a change set can't
override it. Where there is a policy, what no statement allows is denied, and a Deny wins.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from upgrade.errors import CannotTell
from upgrade.facts.actual import Kind
from upgrade.facts.changes import ResourceChange
from upgrade.rules.actual import kind

MODIFY, REPLACE, DELETE = "Update:Modify", "Update:Replace", "Update:Delete"

CERTAIN: Mapping[Kind, str] = {Kind.MODIFIED: MODIFY, Kind.REPLACED: REPLACE, Kind.REMOVED: DELETE}
"""What a planned change is to the policy, where the plan tells it."""

POSSIBLE: Mapping[Kind, tuple[str, ...]] = {
    Kind.ADDED: (),
    Kind.IMPORTED: (),
    Kind.MAY_BE_REPLACED: (MODIFY, REPLACE),
    Kind.DYNAMIC: (MODIFY,),
}
"""What it may turn out to be, where it does not; the policy has no say in what is added."""


class StackPolicy:
    """A policy that can be asked."""

    def __init__(self, text: str) -> None:
        """Parse a policy as GetStackPolicy tells it."""
        found = json.loads(text)["Statement"]
        self._statements: list[Mapping[str, Any]] = found if isinstance(found, list) else [found]

    def denials(self, change: ResourceChange) -> tuple[list[str], list[str]]:
        """Why a planned change will be refused, and why it may be.

        Raises:
            CannotTell: a statement has a condition that stack policies are not known to have.
        """
        planned = kind(change)
        if planned in CERTAIN:
            return self._denied(change, CERTAIN[planned]), []
        possible = POSSIBLE.get(planned, (MODIFY, REPLACE, DELETE))
        told = [reason for action in possible for reason in self._denied(change, action)]
        # A resource that can be neither modified nor replaced is refused, whichever of both it turns out to be.
        certain = planned is Kind.MAY_BE_REPLACED and bool(self._denied(change, MODIFY))
        return (told, []) if certain else ([], told)

    def _denied(self, change: ResourceChange, action: str) -> list[str]:
        covering = [row for row in self._statements if _covers(row, change, action)]
        if any(row["Effect"] == "Deny" for row in covering):
            number = next(n for n, row in enumerate(self._statements, 1) if row in covering and row["Effect"] == "Deny")
            return [f"statement {number} denies {action}"]
        return [] if covering else [f"no statement allows {action}"]


def _covers(statement: Mapping[str, Any], change: ResourceChange, action: str) -> bool:
    return (
        _matches(statement, "Action", action)
        and _matches(statement, "Resource", f"LogicalResourceId/{change.logical_id}")
        and all(_conditions(statement.get("Condition", {}), change.type))
    )


def _matches(statement: Mapping[str, Any], element: str, value: str) -> bool:
    """Action and NotAction, Resource and NotResource; `*` stands for anything."""
    if element in statement:
        return any(fnmatchcase(value, pattern) for pattern in _listed(statement[element]))
    return not any(fnmatchcase(value, pattern) for pattern in _listed(statement[f"Not{element}"]))


def _conditions(conditions: Mapping[str, Any], type_: str) -> Iterator[bool]:
    for operator, keys in conditions.items():
        for key, wanted in keys.items():
            if key != "ResourceType" or operator not in {"StringEquals", "StringLike"}:
                raise CannotTell(f"the stack policy has a condition that Plimsoll does not know: {operator} {key}")
            like = operator == "StringLike"
            yield any(fnmatchcase(type_, each) if like else type_ == each for each in _listed(wanted))


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
