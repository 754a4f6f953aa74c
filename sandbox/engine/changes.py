"""What an update would do: the changes of a change set, from the old side, the new side and what is live.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html

The new template is evaluated in dependency order, with a lookup that answers UNKNOWN for whatever an earlier change
alters or may alter: that, and what differs from the properties as last set, are the changes. Nothing else is.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from sandbox.engine.details import MISSING, Cause, Detail, Version, details
from sandbox.engine.parameters import no_echo
from sandbox.engine.schema import recreation, schema
from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import ATTRIBUTES, UNKNOWN, Evaluator
from sandbox.template.graph import dependencies, waves
from sandbox.template.references import Reference, references

__all__ = ["Change", "Detail", "Live", "Side", "compare", "policy_action", "without_values"]

Action = Literal["Add", "Modify", "Remove", "Import", "Dynamic", "SyncWithActual"]
Replacement = Literal["True", "False", "Conditional"]

STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Live:
    """A resource of the stack as it is."""

    logical_id: str
    type: str
    physical_id: str
    properties: Mapping[str, Any]
    """As last set, resolved."""
    attributes: Mapping[str, Any]
    """What Fn::GetAtt gives, by name: `Arn`, `Endpoint.Address`, `Outputs.X`."""


@dataclass(frozen=True, slots=True)
class Side:
    """A template with all that it is evaluated with."""

    body: Mapping[str, Any]
    parameters: Mapping[str, Any]
    """Resolved, as Ref gives them."""
    tags: Mapping[str, str]
    """The stack's."""
    pseudo: Mapping[str, str]


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


@dataclass
class Planned:
    """The world as it will be: live, except for what earlier changes alter. A Lookup."""

    live: Mapping[str, Live]
    exports: Mapping[str, str]
    changes: dict[str, Change] = field(default_factory=dict)

    def ref(self, logical_id: str) -> Any:
        return UNKNOWN if self.fate(logical_id, None) else self.live[logical_id].physical_id

    def attribute(self, logical_id: str, name: str) -> Any:
        if self.fate(logical_id, name):
            return UNKNOWN
        live = self.live[logical_id]
        if name not in live.attributes:
            raise TemplateError(
                f"Template error: resource {logical_id} does not support attribute type {name} in Fn::GetAtt"
            )
        return live.attributes[name]

    def export(self, name: str) -> str:
        """An export that does not exist yet is no error in a change set."""
        return self.exports.get(name, UNKNOWN)

    def dynamic(self, reference: str) -> str:
        return f"{{{{resolve:{reference}}}}}"

    def fate(self, logical_id: str, attribute: str | None) -> Literal["Static", "Dynamic"] | None:
        """Whether the value of Ref (attribute None) or Fn::GetAtt will (Static) or may (Dynamic) be another one."""
        if logical_id not in self.live:
            return "Static"
        change = self.changes.get(logical_id)
        if change is None:
            return None
        if change.replacement == "True":
            return "Static"
        touched = "Properties" in change.scope or "Tags" in change.scope
        return "Dynamic" if change.replacement == "Conditional" or (attribute is not None and touched) else None


@dataclass(frozen=True)
class Template:
    """One side, evaluated."""

    side: Side
    evaluator: Evaluator
    masked: Evaluator
    active: frozenset[str]
    secrets: frozenset[str]

    @classmethod
    def of(cls, side: Side, lookup: Planned) -> "Template":
        evaluator = Evaluator(side.body, side.parameters, side.pseudo, lookup)
        secrets = no_echo(side.body)
        return cls(side, evaluator, evaluator.masked(secrets), frozenset(evaluator.active()), secrets)

    def version(self, logical_id: str, attribute: str, live: Mapping[str, Any] | None = None) -> Version:
        """An attribute of a resource; `live` in place of evaluating it."""
        if logical_id not in self.active:
            return Version(live, live, MISSING)
        node = self.side.body["Resources"][logical_id].get(attribute, {} if attribute == "Properties" else MISSING)
        if node is MISSING:
            return Version(MISSING, MISSING, MISSING)
        expression = self.evaluator.reduced(node)
        value = self.evaluator.value(node) if live is None else live
        is_secret = any(reference.name in self.secrets for reference in references(expression))
        return Version(value, self.masked.value(node) if is_secret else value, expression)

    def context(self, logical_id: str, properties: Version) -> str:
        """BeforeContext or AfterContext."""
        others = {name: self.version(logical_id, name).shown for name in ATTRIBUTES}
        told = {
            "Properties": properties.shown,
            **{name: value for name, value in others.items() if value is not MISSING},
        }
        return json.dumps(told)


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
    before = Template.of(old, Planned(live, exports))
    planned = Planned(live, exports)
    after = Template.of(new, planned)
    _refuse_other_types(after, live)
    for wave in waves(dependencies(after.evaluator)):
        for logical_id in wave:
            change = _change(logical_id, before, after, planned)
            if change:
                planned.changes[logical_id] = change
    kept = tuple(planned.changes[name] for name in after.evaluator.active() if name in planned.changes)
    removed = (_removed(before, resource) for name, resource in live.items() if name not in after.active)
    return (*kept, *removed)


def without_values(change: Change) -> Change:
    """The change as DescribeChangeSet shows it without IncludePropertyValues: a detail a property, no values."""
    bare = (replace(detail, path=None, before=None, after=None, change_type=None) for detail in change.details)
    return replace(change, details=tuple(dict.fromkeys(bare)), before_context=None, after_context=None)


def policy_action(attributes: Mapping[str, Any], resource_type: str, *, replaced: bool) -> str:
    """What becomes of the physical resource: Delete, Retain or Snapshot, of a replaced one ReplaceAnd….

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    policy = attributes.get("UpdateReplacePolicy" if replaced else "DeletionPolicy", "Delete")
    kept = "Retain" if str(policy).startswith("Retain") else str(policy)
    return f"ReplaceAnd{kept}" if replaced else kept


def _refuse_other_types(after: Template, live: Mapping[str, Live]) -> None:
    resources = after.side.body["Resources"]
    wrong = [name for name in live if name in after.active and resources[name]["Type"] != live[name].type]
    if wrong:
        raise TemplateError(
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{', '.join(wrong)}]"
        )


def _change(logical_id: str, before: Template, after: Template, planned: Planned) -> Change | None:
    resource = planned.live.get(logical_id)
    resource_type = after.side.body["Resources"][logical_id]["Type"]
    new = after.version(logical_id, "Properties")
    if resource is None:
        context = after.context(logical_id, new)
        return Change("Add", logical_id, None, resource_type, None, (), (), None, None, context)
    old = before.version(logical_id, "Properties", resource.properties)
    found = tuple(_details(logical_id, resource_type, (before, old), (after, new), planned))
    if not found:
        return None
    replacement = _replacement(found)
    attributes = after.evaluator.attributes(logical_id)
    return Change(
        action="Modify",
        logical_id=logical_id,
        physical_id=resource.physical_id,
        type=resource_type,
        replacement=replacement,
        scope=tuple(dict.fromkeys(detail.attribute for detail in found)),
        details=found,
        policy_action=None if replacement == "False" else policy_action(attributes, resource_type, replaced=True),
        before_context=before.context(logical_id, old),
        after_context=after.context(logical_id, new),
    )


def _details(
    logical_id: str,
    resource_type: str,
    old: tuple[Template, Version],
    new: tuple[Template, Version],
    planned: Planned,
) -> Iterator[Detail]:
    (before, old_properties), (after, new_properties) = old, new
    explain = partial(_explain, before.side, after.side, planned)
    known = schema(resource_type)
    judge = partial(recreation, resource_type)
    tag_property = known.tag_property if known else None
    yield from details("Properties", old_properties, new_properties, explain, judge, tag_property)
    for name in ATTRIBUTES:
        yield from details(name, before.version(logical_id, name), after.version(logical_id, name), explain, judge)
    if tag_property and before.side.tags != after.side.tags:
        yield Detail("Tags", None, None, "Never", "Static", "DirectModification", None, None, None, None)
    if resource_type == STACK:
        yield Detail("Properties", None, None, "Never", "Dynamic", "Automatic", None, None, None, None)


def _explain(old: Side, new: Side, planned: Planned, reference: Reference) -> Cause | None:
    name, attribute = reference.name, reference.attribute
    if attribute is None and (name in new.parameters or name in new.pseudo):
        changed = name in new.parameters and old.parameters.get(name) != new.parameters[name]
        return Cause("ParameterReference", name, "Static") if changed else None
    fate = planned.fate(name, attribute) if name in new.body["Resources"] else None
    if fate is None:
        return None
    if attribute is None:
        return Cause("ResourceReference", name, fate)
    return Cause("ResourceAttribute", f"{name}.{attribute}", fate)


def _replacement(found: tuple[Detail, ...]) -> Replacement:
    if any(detail.recreation == "Always" and detail.evaluation == "Static" for detail in found):
        return "True"
    return "Conditional" if any(detail.recreation != "Never" for detail in found) else "False"


def _removed(before: Template, resource: Live) -> Change:
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
        policy_action=policy_action(attributes, resource.type, replaced=False),
        before_context=before.context(
            resource.logical_id, before.version(resource.logical_id, "Properties", resource.properties)
        ),
        after_context=None,
    )
