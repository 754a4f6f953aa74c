"""What a set of policy documents says about one call: the evaluation AWS describes, in its simple part.

An explicit Deny wins, then an Allow, else it is denied implicitly. https://docs.aws.amazon.com/IAM/latest/UserGuide/
reference_policies_evaluation-logic.html. A condition operator that isn't known here is an error, not a guess.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Context = Mapping[str, tuple[str, ...]]
"""Values of condition keys, the keys in lower case."""


@dataclass(frozen=True, slots=True)
class Source:
    """One policy document and where it comes from."""

    name: str
    type: str
    """As SimulatePrincipalPolicy says: `role`, `user`, `IAM Policy`, …"""
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """allowed, explicitDeny or implicitDeny, the policies that decided, and the condition keys nobody gave."""

    word: str
    matched: tuple[Source, ...]
    missing: frozenset[str]


def decide(sources: Iterable[Source], action: str, resource: str, context: Context) -> Decision:
    """Judge one call."""
    found: dict[str, list[Source]] = {"Allow": [], "Deny": []}
    missing: set[str] = set()
    for source in sources:
        for statement in statements(source.document):
            if not concerns(statement, action, resource):
                continue
            condition = statement.get("Condition", {})
            missing |= {key for block in condition.values() for key in block if key.lower() not in context}
            if holds(condition, context):
                found[statement["Effect"]].append(source)
    if found["Deny"]:
        return Decision("explicitDeny", tuple(found["Deny"]), frozenset(missing))
    word = "allowed" if found["Allow"] else "implicitDeny"
    return Decision(word, tuple(found["Allow"]), frozenset(missing))


def statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The statements of a document, which may hold a single one without a list."""
    return listed(document.get("Statement", []))


def listed(value: Any) -> list[Any]:
    """A value that may stand without its list."""
    return value if isinstance(value, list) else [value]


def concerns(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    """Whether a statement speaks of this action (upper and lower case are one) on this resource."""
    if "NotAction" in statement:
        concerned = not any(like(pattern.lower(), action.lower()) for pattern in listed(statement["NotAction"]))
    else:
        concerned = any(like(pattern.lower(), action.lower()) for pattern in listed(statement.get("Action", [])))
    if not concerned:
        return False
    if "NotResource" in statement:
        return not any(like(pattern, resource) for pattern in listed(statement["NotResource"]))
    return any(like(pattern, resource) for pattern in listed(statement.get("Resource", [])))


def like(pattern: str, value: str) -> bool:
    """IAM's wildcards: `*` for any text, `?` for one character."""
    parts = (re.escape(part).replace(r"\?", ".") for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), value, re.DOTALL) is not None


def holds(condition: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Whether every operator of a condition block is satisfied."""
    return all(
        _operator_holds(operator, context.get(key.lower()), [_text(item) for item in listed(values)])
        for operator, block in condition.items()
        for key, values in block.items()
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _equal(wanted: str, given: str) -> bool:
    return wanted == given


def _equal_ignoring_case(wanted: str, given: str) -> bool:
    return wanted.lower() == given.lower()


def _equal_number(wanted: str, given: str) -> bool:
    return float(wanted) == float(given)


OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": _equal_ignoring_case,
    "NumericEquals": _equal_number,
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": like,
}
NEGATED = {
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
}


def _operator_holds(operator: str, given: tuple[str, ...] | None, wanted: list[str]) -> bool:
    quantifier, _, name = operator.rpartition(":")
    if name == "Null":
        return (given is None) == (wanted == ["true"])
    optional = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negated = name in NEGATED
    name = NEGATED.get(name, name)
    if name not in OPERATORS:
        raise NotImplementedError(f"condition operator {operator}")
    if given is None:
        return optional or negated or quantifier == "ForAllValues"
    matches = (any(OPERATORS[name](pattern, value) for pattern in wanted) for value in given)
    found = all(matches) if quantifier == "ForAllValues" else any(matches)
    return found != negated
