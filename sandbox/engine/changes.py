"""What an update would do: the changes of a change set, from the old side, the new side and what is live.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html

The new template is evaluated in dependency order, with a lookup that answers UNKNOWN for whatever an earlier change
alters or may alter: that, and what differs from the properties as last set, are the changes. Nothing else is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from sandbox.engine.details import Cause, Detail, attribute_details, property_details
from sandbox.engine.schema import schema
from sandbox.engine.sides import EvaluatedSide, Fate, Live, Planned, Side
from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import ATTRIBUTES
from sandbox.template.graph import dependencies, waves
from sandbox.template.references import Reference

__all__ = ["Change", "Detail", "Live", "Side", "compare", "policy_action", "without_values"]

Action = Literal["Add", "Modify", "Remove", "Import", "Dynamic", "SyncWithActual"]
Replacement = Literal["True", "False", "Conditional"]

STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Change:
    """A ResourceChange."""

    action: Action
    logical_id: str
    physical_id: str | None
    type: str
    replacement: Replacement | None
    """Only of Modify. (With property values AWS also says True for Add.)"""
    scope: tuple[str, ...]
    details: tuple[Detail, ...]
    policy_action: str | None
    before_context: str | None
    after_context: str | None
    """JSON texts: {"Properties": {…}, and the other attributes that are set}; NoEcho values masked."""


def compare(old: Side, new: Side, live: Mapping[str, Live], exports: Mapping[str, str]) -> tuple[Change, ...]:
    """The changes that take a stack from one side to the other, in the order of the new template, removals last.

    Args:
        old: as deployed.
        new: as wanted.
        live: the stack's resources by logical id.
        exports: all exports of the account and region: name to value.

    Raises:
        TemplateError: where the new side can't be evaluated, or changes the type of a resource.
    """
    before = EvaluatedSide(old, Planned(live, exports))
    planned = Planned(live, exports)
    after = EvaluatedSide(new, planned)
    _refuse_other_types(after, live)
    changes: dict[str, Change] = {}
    for wave in waves(dependencies(after.evaluator)):
        for logical_id in wave:
            change = _change(logical_id, before, after, planned)
            if change:
                changes[logical_id] = change
                fate = _fate(change)
                if fate:
                    planned.fates[logical_id] = fate
    kept = (changes[name] for name in after.evaluator.active() if name in changes)
    removed = (_removed(before, resource) for name, resource in live.items() if name not in after.active)
    return (*kept, *removed)


def without_values(change: Change) -> Change:
    """The change as DescribeChangeSet shows it without IncludePropertyValues: a detail a property, no values."""
    bare = (replace(detail, path=None, before=None, after=None, change_type=None) for detail in change.details)
    return replace(change, details=tuple(dict.fromkeys(bare)), before_context=None, after_context=None)


def policy_action(
    attributes: Mapping[str, Any], resource_type: str, properties: Mapping[str, Any], *, replaced: bool
) -> str:
    """What becomes of the physical resource: Delete, Retain or Snapshot, of a replaced one ReplaceAnd….

    A database that is no member of a cluster, and a cluster, leave a snapshot where no DeletionPolicy says otherwise:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    if replaced:
        return f"ReplaceAnd{attributes.get('UpdateReplacePolicy', 'Delete')}"
    is_instance = resource_type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in properties
    default = "Snapshot" if is_instance or resource_type == "AWS::RDS::DBCluster" else "Delete"
    return str(attributes.get("DeletionPolicy", default)).removesuffix("ExceptOnCreate")


def _fate(change: Change) -> Fate | None:
    if change.replacement == "True":
        return "Replaced"
    if change.replacement == "Conditional":
        return "Conditional"
    return "Modified" if {"Properties", "Tags"} & set(change.scope) else None


def _refuse_other_types(after: EvaluatedSide, live: Mapping[str, Live]) -> None:
    resources = after.side.body["Resources"]
    wrong = [name for name in live if name in after.active and resources[name]["Type"] != live[name].type]
    if wrong:
        raise TemplateError(
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{', '.join(wrong)}]"
        )


def _change(logical_id: str, before: EvaluatedSide, after: EvaluatedSide, planned: Planned) -> Change | None:
    resource = planned.live.get(logical_id)
    resource_type = after.side.body["Resources"][logical_id]["Type"]
    new = after.properties(logical_id)
    if resource is None:
        context = after.context(logical_id, new)
        return Change("Add", logical_id, None, resource_type, None, (), (), None, None, context)
    found = tuple(_details(resource, before, after, planned))
    if not found:
        return None
    replacement = _replacement(found)
    action = policy_action(after.evaluator.attributes(logical_id), resource_type, new.value, replaced=True)
    return Change(
        action="Modify",
        logical_id=logical_id,
        physical_id=resource.physical_id,
        type=resource_type,
        replacement=replacement,
        scope=tuple(dict.fromkeys(detail.attribute for detail in found)),
        details=found,
        policy_action=None if replacement == "False" else action,
        before_context=before.context(logical_id, before.properties(logical_id, resource.properties)),
        after_context=after.context(logical_id, new),
    )


def _details(resource: Live, before: EvaluatedSide, after: EvaluatedSide, planned: Planned) -> Iterator[Detail]:
    name, resource_type = resource.logical_id, resource.type
    explain = partial(_explain, before.side, after.side, planned)
    old, new = before.properties(name, resource.properties), after.properties(name)
    yield from property_details(old, new, explain, resource_type)
    for attribute in ATTRIBUTES:
        yield from attribute_details(
            attribute, before.attribute(name, attribute), after.attribute(name, attribute), explain
        )
    known = schema(resource_type)
    if known and known.tag_property and before.side.tags != after.side.tags:
        yield Detail("Tags", None, None, "Never", "Static", "DirectModification", None, None, None, None)
    if resource_type == STACK:
        yield Detail("Properties", None, None, "Never", "Dynamic", "Automatic", None, None, None, None)


def _explain(old: Side, new: Side, planned: Planned, reference: Reference) -> Cause | None:
    name, attribute = reference.name, reference.attribute
    if attribute is None and (name in new.parameters or name in new.pseudo):
        changed = name in new.parameters and old.parameters.get(name) != new.parameters[name]
        return Cause("ParameterReference", name, "Static") if changed else None
    doubt = planned.doubt(name, attribute) if name in new.body["Resources"] else None
    if doubt is None:
        return None
    if attribute is None:
        return Cause("ResourceReference", name, doubt)
    return Cause("ResourceAttribute", f"{name}.{attribute}", doubt)


def _replacement(found: tuple[Detail, ...]) -> Replacement:
    if any(detail.recreation == "Always" and detail.evaluation == "Static" for detail in found):
        return "True"
    return "Conditional" if any(detail.recreation != "Never" for detail in found) else "False"


def _removed(before: EvaluatedSide, resource: Live) -> Change:
    is_known = resource.logical_id in before.active
    attributes = before.evaluator.attributes(resource.logical_id) if is_known else {}
    return Change(
        action="Remove",
        logical_id=resource.logical_id,
        physical_id=resource.physical_id,
        type=resource.type,
        replacement=None,
        scope=(),
        details=(),
        policy_action=policy_action(attributes, resource.type, resource.properties, replaced=False),
        before_context=before.context(resource.logical_id, before.properties(resource.logical_id, resource.properties)),
        after_context=None,
    )
