"""IAM policies as statements: from a policy document, and from the template that declares a role. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from upgrade.errors import CannotTell
from upgrade.facts.services import Statement
from upgrade.template.functions import Unresolved, literal
from upgrade.template.resolve import Resolver

POLICY_TYPES = frozenset({"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"})


def statements(document: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a policy document, lists and single values alike.

    Raises:
        CannotTell: it is no policy document.
    """
    found = document.get("Statement")
    rows: list[Any] = found if isinstance(found, list) else [found]
    if not all(isinstance(row, Mapping) and row.get("Effect") in {"Allow", "Deny"} for row in rows):
        raise CannotTell("a policy document without valid statements")
    return tuple(
        Statement(
            effect=row["Effect"],
            actions=_texts(row.get("Action")),
            not_actions=_texts(row.get("NotAction")),
            resources=_texts(row.get("Resource")),
            not_resources=_texts(row.get("NotResource")),
            condition=json.dumps(_normal(row["Condition"]), sort_keys=True) if row.get("Condition") else "",
        )
        for row in rows
    )


def declared_statements(body: Mapping[str, Any], resolver: Resolver) -> tuple[Statement, ...]:
    """What a role template grants: inline policies of its roles, and the policy resources beside them.

    Raises:
        CannotTell: a policy holds a value that only AWS knows.
    """
    return tuple(
        statement
        for logical_id, document in _documents(body, resolver)
        for statement in _resolved(logical_id, document, resolver)
    )


def _documents(body: Mapping[str, Any], resolver: Resolver) -> Iterator[tuple[str, object]]:
    active = resolver.active()
    for logical_id, resource in body.get("Resources", {}).items():
        if active.get(logical_id) is False:
            continue
        properties = resource.get("Properties", {})
        if resource.get("Type") == "AWS::IAM::Role":
            for policy in properties.get("Policies", []):
                yield logical_id, policy.get("PolicyDocument") if isinstance(policy, Mapping) else policy
        elif resource.get("Type") in POLICY_TYPES:
            yield logical_id, properties.get("PolicyDocument")


def _resolved(logical_id: str, document: object, resolver: Resolver) -> tuple[Statement, ...]:
    value = resolver.value(document)
    if unknown := next(_unresolved(value), None):
        raise CannotTell(f"the policy of {logical_id} can't be worked out: {unknown.why}")
    if not isinstance(value, Mapping):
        raise CannotTell(f"the policy of {logical_id} is no policy document")
    return statements(value)


def _unresolved(value: object) -> Iterator[Unresolved]:
    if isinstance(value, Unresolved):
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _unresolved(child)
    elif isinstance(value, list):
        for child in value:
            yield from _unresolved(child)


def _normal(condition: object) -> object:
    """A condition as IAM understands it: every value is text, and a list of one is its one value."""
    match condition:
        case Mapping():
            return {str(key): _normal(value) for key, value in condition.items()}
        case [one]:
            return _normal(one)
        case list():
            return sorted((_normal(value) for value in condition), key=str)
    return literal(condition)


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
