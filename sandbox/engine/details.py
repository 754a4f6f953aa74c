"""The details of one change: which value of a resource changes, from what to what, and because of what.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceTargetDefinition.html
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from sandbox.engine.schema import Recreation, recreation, schema
from sandbox.template.conditions import same
from sandbox.template.functions import text
from sandbox.template.references import Reference, references

Evaluation = Literal["Static", "Dynamic"]
Source = Literal["DirectModification", "ParameterReference", "ResourceReference", "ResourceAttribute", "Automatic"]
ChangeType = Literal["Add", "Remove", "Modify"]

MISSING = object()
"""There is no value on this side."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A ResourceChangeDetail with its Target."""

    attribute: str
    """Properties, Tags, Metadata, CreationPolicy, UpdatePolicy, DeletionPolicy or UpdateReplacePolicy."""
    name: str | None
    """Of the top-level property; None for other attributes."""
    path: str | None
    """`/Properties/A/0/B`; shown only with property values, as before, after and change_type."""
    recreation: Recreation
    evaluation: Evaluation
    source: Source
    causing_entity: str | None
    """Parameter, resource or `Resource.Attribute`; None for DirectModification and Automatic."""
    before: str | None
    after: str | None
    """Text; JSON for what is no text. NoEcho values are masked."""
    change_type: ChangeType | None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an expression that did not change has, or may have, another value."""

    source: Source
    entity: str
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a resource's attribute, such as its Properties."""

    value: Any
    """Resolved."""
    shown: Any
    """The same with NoEcho values masked."""
    expression: Any
    """The template's node, conditions taken; MISSING if this side's template has none."""


class _Values(TypedDict):
    before: str | None
    after: str | None
    change_type: ChangeType


Explain = Callable[[Reference], Cause | None]


def differences(before: Any, after: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Paths of the values that differ; CloudFormation compares scalars as text (1 and "1", true and "true")."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from differences(before.get(key, MISSING), after.get(key, MISSING), (*path, key))
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            yield from differences(_item(before, index), _item(after, index), (*path, index))
    elif before is MISSING or after is MISSING:
        if before is not after:
            yield path
    elif not same(before, after):
        yield path


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else MISSING


def causes_of(expression: Any, explain: Explain) -> tuple[Cause, ...]:
    """The causes in an expression, each once."""
    found = (explain(reference) for reference in references(expression))
    return tuple(dict.fromkeys(cause for cause in found if cause))


def why(
    old_expression: Any, new_expression: Any, explain: Explain
) -> tuple[tuple[Source, str | None, Evaluation], ...]:
    """Source, causing entity and evaluation of every detail that one difference gives.

    A reference to a changed parameter, or to a new or replaced resource, gives two details: the static reference and a
    dynamic direct modification. A reference to what only may change gives a dynamic one, alone unless the template was
    edited there. Anything else, a changed mapping too, is a static direct modification.
    """
    told = tuple((cause.source, cause.entity, cause.evaluation) for cause in causes_of(new_expression, explain))
    if any(evaluation == "Static" for _, _, evaluation in told):
        return (("DirectModification", None, "Dynamic"), *told)
    if not told or old_expression != new_expression:
        return (("DirectModification", None, "Static"), *told)
    return told


def property_details(old: Version, new: Version, explain: Explain, resource_type: str) -> Iterator[Detail]:
    """The details of the Properties of one resource."""
    known = schema(resource_type)
    for path in differences(old.value, new.value):
        pointer = "/".join(["/Properties", *map(str, path)])
        is_tag = known is not None and path[0] == known.tag_property
        reasons = why(expression_at(old.expression, path), expression_at(new.expression, path), explain)
        for source, entity, evaluation in reasons:
            yield Detail(
                attribute="Tags" if is_tag else "Properties",
                name=None if is_tag else str(path[0]),
                path=pointer,
                recreation=recreation(resource_type, pointer),
                evaluation=evaluation,
                source=source,
                causing_entity=entity,
                **_values(at(old.shown, path), at(new.shown, path)),
            )


def attribute_details(attribute: str, old: Version, new: Version, explain: Explain) -> Iterator[Detail]:
    """The details of another attribute, such as DeletionPolicy or Metadata, which change as a whole."""
    if any(differences({attribute: old.value}, {attribute: new.value})):
        for source, entity, evaluation in why(old.expression, new.expression, explain):
            yield Detail(
                attribute=attribute,
                name=None,
                path=f"/{attribute}",
                recreation="Never",
                evaluation=evaluation,
                source=source,
                causing_entity=entity,
                **_values(old.shown, new.shown),
            )


def _values(before: Any, after: Any) -> _Values:
    return {
        "before": None if before is MISSING else shown(before),
        "after": None if after is MISSING else shown(after),
        "change_type": "Add" if before is MISSING else "Remove" if after is MISSING else "Modify",
    }


def shown(value: Any) -> str:
    """A value as a change set shows it: text, or JSON in which every scalar is text."""
    return json.dumps(_texts(value), separators=(",", ":")) if isinstance(value, dict | list) else text(value)


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(child) for key, child in value.items()}
    return [_texts(child) for child in value] if isinstance(value, list) else text(value)


def at(value: Any, path: Sequence[str | int]) -> Any:
    """The value at a path; what stands in its way (a masked whole) where the path leads through it."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step, MISSING)
        elif isinstance(value, list) and isinstance(step, int):
            value = _item(value, step)
        if value is MISSING:
            return MISSING
    return value


def expression_at(expression: Any, path: Sequence[str | int]) -> Any:
    """The template node that gives the value at a path: an intrinsic function on the way gives all below it."""
    for step in path:
        if _is_function(expression):
            return expression
        if isinstance(expression, dict):
            expression = expression.get(step, MISSING)
        elif isinstance(expression, list) and isinstance(step, int):
            expression = _item(expression, step)
        else:
            return MISSING
    return expression


def _is_function(node: Any) -> bool:
    return isinstance(node, dict) and len(node) == 1 and str(next(iter(node))).startswith(("Ref", "Fn::"))
