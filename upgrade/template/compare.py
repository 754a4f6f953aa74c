"""What an update would change, from two templates and their parameters: the changes CloudFormation's change set will show.

Both templates are resolved with their own values, resources matched by logical id, and what they come to is compared. What
reads a resource that itself changes may change with it. What can't be known may change; it is never called the same.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html
Shares no code with the sandbox's engine: the two check each other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple, TypeAlias

from upgrade.facts.changes import ChangeDetail, ResourceChange, Unpredicted
from upgrade.facts.stack import Resource
from upgrade.template.differences import ABSENT, Path, at, is_undecided, leaves, same
from upgrade.template.functions import Unresolved, literal, parameters
from upgrade.template.macros import LOOPED, makers
from upgrade.template.resolve import Reference, references
from upgrade.template.schema import recreation, tag_property
from upgrade.template.side import Side
from upgrade.template.telling import told

NESTED = "AWS::CloudFormation::Stack"

ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy", "Metadata")
"""What a resource has beside its properties and is compared as a whole.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceTargetDefinition.html"""

SNAPSHOT_BY_DEFAULT = frozenset({"AWS::RDS::DBCluster", "AWS::RDS::DBInstance"})
"""Without a DeletionPolicy they leave a snapshot; an instance only if it belongs to no cluster.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the update from one side to the other changes."""

    changes: tuple[ResourceChange, ...]
    """In the order of the target template, removals last."""
    outputs: bool
    """Whether outputs change, or may."""
    refused: tuple[str, ...]
    """Why CloudFormation will not make a change set of it, a sentence each."""
    unpredicted: tuple[Unpredicted, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an expression that is the same has, or may have, another value."""

    source: str
    entity: str
    evaluation: str


class Place(NamedTuple):
    """Where in a resource; the first four fields of a ChangeDetail."""

    attribute: str
    name: str = ""
    path: str = ""
    requires_recreation: str = "Never"


Changed: TypeAlias = tuple[Path, Any, Any, tuple[Cause, ...]]
"""A place within a value, what stands there before and after, and why."""

EDITED = Cause("DirectModification", "", "Static")
PERHAPS_EDITED = Cause("DirectModification", "", "Dynamic")
INSIDE = Cause("Automatic", "", "Dynamic")

_TOUCHES_RESOURCE = frozenset({"Properties", "Tags"})
"""A change of anything else leaves the resource's attributes as they are."""


def compare(deployed: Side, target: Side, live: Iterable[Resource]) -> Comparison:
    """Compare two sides of a stack.

    Args:
        deployed: as it is.
        target: as it will be.
        live: the stack's resources; those of nested stacks are left out.
    """
    return _Comparer(deployed, target, {each.logical_id: each for each in live if "." not in each.logical_id}).run()


class _Comparer:
    """One comparison; resources are looked at after those they refer to, whose fate decides over theirs."""

    def __init__(self, deployed: Side, target: Side, live: Mapping[str, Resource]) -> None:
        self.old, self.new, self.live = deployed, target, live
        self.physical_ids = {name: each.physical_id for name, each in live.items()}
        self.exists = {name: holds for name, holds in target.resolver.active().items() if name in target.resources}
        self.changes: dict[str, ResourceChange] = {}
        self.circle: tuple[str, ...] = ()
        self._parameters: dict[str, str] = {}

    def run(self) -> Comparison:
        for name in self._order():
            change = self._change(name)
            if change:
                self.changes[name] = change
        kept = [self.changes[name] for name in self.exists if name in self.changes]
        removed = [self._removed(each) for name, each in self.live.items() if self._is_removed(name)]
        return Comparison((*kept, *removed), self._outputs(), tuple(self._refused()), tuple(self._unpredicted()))

    def _order(self) -> Iterable[str]:
        """The target's resources, each after those it refers to."""
        needs = {
            name: {each.name for each in references(self.new.everything(name)) if each.name in self.exists}
            for name in self.exists
        }
        try:
            return list(TopologicalSorter(needs).static_order())
        except CycleError as error:
            self.circle = tuple(error.args[1])
            return list(needs)

    # ---- one resource ------------------------------------------------------------------------------------------------

    def _change(self, name: str) -> ResourceChange | None:
        resource, exists, type_ = self.live.get(name), self.exists[name], self.new.type_of(name)
        if exists is False:
            return None
        if exists is True and resource is not None:
            return self._modified(resource, type_)
        # Whether a condition holds CloudFormation always knows; where we don't, it may be there, and may not.
        action = "Add" if exists is True else "Dynamic"
        return ResourceChange(action, name, resource.physical_id if resource else "", type_, "", (), (), "")

    def _modified(self, resource: Resource, type_: str) -> ResourceChange | None:
        name = resource.logical_id
        # A macro makes another type of some: AWS::Lambda::Function of AWS::Serverless::Function.
        same_type = type_ in {resource.type, self.old.resources.get(name, {}).get("Type")}
        details = tuple(self._details(name, type_) if same_type else _other_type(resource.type, type_))
        if not details:
            return None
        replacement = _replacement(details)
        return ResourceChange(
            action="Modify",
            logical_id=name,
            physical_id=resource.physical_id,
            type=resource.type if same_type else type_,
            replacement=replacement,
            scope=tuple(dict.fromkeys(detail.attribute for detail in details)),
            details=details,
            policy_action=""
            if replacement == "False"
            else self._policy(self.new, name, "UpdateReplacePolicy", "Delete"),
        )

    def _is_removed(self, name: str) -> bool:
        if name in self.exists:
            return self.exists[name] is False
        return name in self.old.resources or not makers(
            self.new.template, *LOOPED
        )  # else a macro makes it, and may go on doing so

    def _removed(self, resource: Resource) -> ResourceChange:
        name, type_ = resource.logical_id, resource.type
        alone = type_ not in SNAPSHOT_BY_DEFAULT or "DBClusterIdentifier" in self.old.expression(name, "Properties")
        action = self._policy(self.old, name, "DeletionPolicy", "Delete" if alone else "Snapshot")
        return ResourceChange("Remove", name, resource.physical_id, type_, "", (), (), action)

    def _policy(self, side: Side, name: str, attribute: str, default: str) -> str:
        """The PolicyAction; empty where it is not known."""
        found = side.value(name, attribute)
        if isinstance(found, Unresolved) and found is not ABSENT:
            return ""
        policy = default if found is ABSENT else literal(found).removesuffix("ExceptOnCreate")
        return f"ReplaceAnd{policy}" if attribute == "UpdateReplacePolicy" else policy

    # ---- its details -------------------------------------------------------------------------------------------------

    def _details(self, name: str, type_: str) -> Iterator[ChangeDetail]:
        tags = tag_property(type_)
        old, new = self.old, self.new
        for path, before, after, causes in self._properties(name):
            pointer = "/".join(["/Properties", *map(str, path)])
            is_tag = bool(tags) and path[:1] == (tags,)
            attribute, property_ = ("Tags", "") if is_tag else ("Properties", str(path[0]) if path else "")
            place = Place(attribute, property_, pointer, recreation(type_, pointer))
            yield from self._told(place, before, after, causes)
        for attribute in ATTRIBUTES:
            before, after = old.value(name, attribute), new.value(name, attribute)
            expressions = old.expression(name, attribute), new.expression(name, attribute)
            parts = list(self._changed(before, after, *expressions))
            causes = tuple(dict.fromkeys(cause for *_, found in parts for cause in found))
            yield from self._told(Place(attribute, "", f"/{attribute}"), before, after, causes)
        if old.tags != new.tags and tags:
            yield from self._told(Place("Tags"), ABSENT, ABSENT, (EDITED,))
        if type_ == NESTED:
            yield from self._told(Place("Properties"), ABSENT, ABSENT, (INSIDE,))

    def _properties(self, name: str) -> Iterator[Changed]:
        sides = self.old, self.new
        before, after = (side.value(name, "Properties") for side in sides)
        return self._changed(before, after, *(side.expression(name, "Properties") for side in sides))

    def _changed(self, before: Any, after: Any, old: Any, new: Any) -> Iterator[Changed]:
        """Every place that changes, or may: what stands there on both sides, and why.

        Args:
            before: the value on the deployed side.
            after: the value on the target's side.
            old: what the deployed template writes for it.
            new: what the target writes for it.
        """
        for path, left, right in leaves(before, after):
            expression = at(new, path)
            causes = self._causes(expression)
            doubtful = isinstance(right, Unresolved) and (causes or any(map(self._parameter, parameters(right.form))))
            if doubtful or not same(left, right, self.physical_ids):
                edited = at(old, path) != expression
                undecided = is_undecided(left) or is_undecided(right)
                yield path, left, right, _reasons(causes, edited=edited, undecided=undecided)

    def _told(self, place: Place, before: Any, after: Any, causes: Iterable[Cause]) -> Iterator[ChangeDetail]:
        secrets = self.old.secrets | self.new.secrets
        moves = any(cause.entity for cause in causes)
        for cause in causes:
            yield ChangeDetail(
                *place,
                evaluation=cause.evaluation,
                source=cause.source,
                causing_entity=cause.entity,
                before=told(before, secrets, self.physical_ids),
                after=told(after, secrets, {} if moves else self.physical_ids),
            )

    # ---- why ---------------------------------------------------------------------------------------------------------

    def _causes(self, expression: Any) -> tuple[Cause, ...]:
        """What in an expression has, or may have, another value than it had; each once."""
        found = dict.fromkeys(map(self._cause, references(expression)))
        return tuple(cause for cause in found if cause)

    def _cause(self, reference: Reference) -> Cause | None:
        name, attribute = reference.name, reference.attribute
        if attribute is None and self.new.resolver.declares(name):
            evaluation = self._parameter(name)
            return Cause("ParameterReference", name, evaluation) if evaluation else None
        evaluation = self._resource(name, attribute) if name in self.exists else ""
        if not evaluation:
            return None
        if attribute is None:
            return Cause("ResourceReference", name, evaluation)
        return Cause("ResourceAttribute", f"{name}.{attribute}", evaluation)

    def _parameter(self, name: str) -> str:
        """Whether a parameter changes: Static, Dynamic (it may), or empty."""
        if name not in self._parameters:
            self._parameters[name] = self._compared_parameter(name)
        return self._parameters[name]

    def _compared_parameter(self, name: str) -> str:
        if not self.old.resolver.declares(name):
            return "Static"
        before, after = (side.resolver.value({"Ref": name}) for side in (self.old, self.new))
        if name in self.old.secrets | self.new.secrets:
            return "" if name in self.new.kept else "Static"
        if isinstance(before, Unresolved) or isinstance(after, Unresolved):
            return "Dynamic"
        return "" if before == after else "Static"

    def _resource(self, name: str, attribute: str | None) -> str:
        """Whether Ref (no attribute) or Fn::GetAtt gives another value: Static, Dynamic (it may), or empty."""
        if name not in self.live:
            return "Static"
        if self.circle:
            return "Dynamic"
        change = self.changes.get(name)
        if change is None:
            return ""
        if change.replacement == "True":
            return "Static"
        touched = attribute is not None and not _TOUCHES_RESOURCE.isdisjoint(change.scope)
        return "Dynamic" if touched or change.replacement == "Conditional" or change.action != "Modify" else ""

    # ---- the rest ----------------------------------------------------------------------------------------------------

    def _outputs(self) -> bool:
        sides = self.old, self.new
        before, after = (side.outputs() for side in sides)
        return any(self._changed(before, after, *(side.written_outputs() for side in sides)))

    def _refused(self) -> Iterator[str]:
        if self.circle:
            yield f"its resources depend on each other in a circle: {', '.join(self.circle)}"
        for name, change in self.changes.items():
            if "Type" in change.scope:
                yield f"the type of {name} changes from {self.live[name].type} to {change.type}, which no update may do"

    def _unpredicted(self) -> Iterator[Unpredicted]:
        for side, which in ((self.new, "target"), (self.old, "deployed")):
            for macro in makers(side.template, *LOOPED):
                yield Unpredicted("", f"only CloudFormation knows what {macro} makes of the {which} template")
        for name, exists in self.exists.items():
            if exists is not False and self.new.type_of(name) == NESTED:
                yield Unpredicted(name, "what changes inside a nested stack is not predicted")
            if isinstance(exists, Unresolved):
                yield Unpredicted(name, f"whether it exists is not known: {exists.why}")


def _reasons(causes: tuple[Cause, ...], *, edited: bool, undecided: bool) -> tuple[Cause, ...]:
    """How a change set explains a change.

    A reference to what certainly changes counts twice: static, and as a dynamic direct modification.
    """
    if any(cause.evaluation == "Static" for cause in causes):
        return (PERHAPS_EDITED, *causes)
    if edited or not causes:
        return (PERHAPS_EDITED if undecided else EDITED, *causes)
    return causes


def _other_type(old: str, new: str) -> Iterator[ChangeDetail]:
    yield ChangeDetail("Type", "", "/Type", "Always", "Static", "DirectModification", "", old, new)


def _replacement(details: Iterable[ChangeDetail]) -> str:
    ways = {(detail.requires_recreation, detail.evaluation) for detail in details}
    if ("Always", "Static") in ways:
        return "True"
    return "Conditional" if any(recreated != "Never" for recreated, _ in ways) else "False"
