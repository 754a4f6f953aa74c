"""Bringing a stack from what it is to what it is asked to be: the way forward of a create or update.

Resources go in waves of the dependency graph. A wave is begun together, waits one pace, and ends resource by resource;
where one fails, those of the wave that are not done yet are cancelled, and nothing further is begun.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sandbox.engine import exports, nested
from sandbox.engine.details import differences
from sandbox.engine.handlers import Failed, Handlers
from sandbox.engine.lookup import Lookup, evaluator
from sandbox.engine.parameters import no_echo
from sandbox.engine.policy import PolicyAction, denial
from sandbox.engine.schema import recreation, schema
from sandbox.engine.state import STACK, Definition, Resource, Stack, State
from sandbox.engine.world import Region
from sandbox.providers.base import Handled
from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import Evaluator
from sandbox.template.graph import dependencies, waves

REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."

INVALID = (
    "Validation failed with {} error(s). Call DescribeEvents to retrieve the full list of issues with resource and "
    "property details, resolve each error, then retry the operation."
)

Verb = Literal["create", "update"]
Way = Literal["create", "update", "replace", "declare"]


@dataclass
class Step:
    """What a deployment does, or did, to one resource."""

    way: Way
    """declare: only attributes such as Metadata change, no handler is called."""
    wanted: Resource
    before: Resource | None
    done: Resource | None = None
    """As it was left; None while it is not done."""
    is_taken_back: bool = False
    """A rollback is done with it."""
    nested: "Deployment | None" = None
    """Of the nested stack, where the resource is one and it had something to do."""

    @property
    def logical_id(self) -> str:
        return self.wanted.logical_id

    @property
    def verb(self) -> Verb:
        return "create" if self.way == "create" else "update"


@dataclass
class Deployment:
    """One way forward, and the record a way back needs."""

    region: Region
    stack: Stack
    target: Definition
    stable: State
    """The stack as it was at rest: what a rollback goes back to."""
    verb: Verb
    policy: str | None = None
    """The stack policy in force for this update."""
    disable_rollback: bool = False
    retain_except_on_create: bool = False
    """A rollback deletes what it created, whatever its DeletionPolicy."""
    steps: list[Step] = field(default_factory=list)
    """In the order they were begun."""
    failures: dict[str, Verb] = field(default_factory=dict)
    """Logical ids of what failed or was cancelled."""
    reason: str | None = None
    """Why it failed, for the stack."""
    cancelled: bool = False
    """Somebody asked for CancelUpdateStack."""
    parent: "Deployment | None" = None
    """Of the stack this one is nested in."""

    @property
    def is_cancelled(self) -> bool:
        """Whether this update, or the one it is part of, was cancelled."""
        return self.cancelled or (self.parent is not None and self.parent.is_cancelled)

    def forward(self) -> bool:
        """Create, update and replace; deletions wait for the clean-up. False: it failed, and `reason` says why."""
        try:
            evaluated, lookup = evaluator(self.region, self.stack, self.target)
            self._masked = evaluated.masked(no_echo(self.target.body))
            needs = dependencies(evaluated)
            self._validate()
            self._refuse_removals(needs)
            for wave in [] if self.failures else waves(needs):
                self._wave([(name, needs[name]) for name in wave], evaluated)
                if self.failures or self.is_cancelled:
                    break
            if not self.failures and not self.is_cancelled:
                self._outputs(evaluated, lookup)
        except TemplateError as error:
            self.reason = error.message
        if self.failures:
            self.reason = failed_to(self.failures)
        elif self.is_cancelled:
            self.reason = "User Initiated"
        return self.reason is None

    def _validate(self) -> None:
        """What validations find in this stack's template. Raises TemplateError where one stops the operation.

        The words are those of a stack that is created or updated directly; how they reach a stack that is updated by a
        change set, or with the one it is nested in, is not documented.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
        """
        knobs, resources = self.region.knobs, self.target.body["Resources"]
        found = [each for each in knobs.found("operation") if each["resource"] in resources]
        for each in found:
            self.stack.validated(each, resources[each["resource"]]["Type"])
        if errors := sum(map(knobs.stops, found)):
            raise TemplateError(INVALID.format(errors))

    def _outputs(self, evaluated: Evaluator, lookup: Lookup) -> None:
        new = exports.outputs(evaluated.outputs())
        exports.refuse(self.region, self.stack, new)
        self.stack.change(outputs=new, imports=frozenset(lookup.imports))

    def _refuse_removals(self, needs: dict[str, frozenset[str]]) -> None:
        for name, row in self.stack.state.existing.items():
            if name not in needs:
                self._denied(row, "Update:Delete")

    def _denied(self, row: Resource, action: PolicyAction) -> bool:
        reason = denial(self.policy, row.logical_id, row.type, action) if self.verb == "update" else None
        if reason:
            self.stack.put(row, "UPDATE_FAILED", reason)
            self.failures[row.logical_id] = "update"
        return reason is not None

    # --- a wave -----------------------------------------------------------------------------------------------------

    def _wave(self, names: Sequence[tuple[str, frozenset[str]]], evaluated: Evaluator) -> None:
        planned = [step for name, needs in names if (step := self._step(name, needs, evaluated))]
        todo = [step for step in planned if not self._is_denied(step)]
        for step in todo:
            self.steps.append(step)
            self._begin(step)
        if any(step.way != "declare" for step in todo):
            self.region.knobs.wait(self.region.knobs.pace)
        for step in todo:
            if self.failures or self.is_cancelled:
                self._fail(step, f"Resource {'creation' if step.way == 'create' else 'update'} cancelled")
            else:
                self._finish(step)

    def _step(self, name: str, needs: frozenset[str], evaluated: Evaluator) -> Step | None:
        """What is to be done about a resource; None: nothing."""
        wanted = self._wanted(name, needs, evaluated)
        before = self.stack.state.existing.get(name)
        if before is None:
            return Step("create", wanted, None)
        changed = list(differences(before.properties, wanted.properties))
        kept = replace(wanted, physical_id=before.physical_id, attributes=before.attributes)
        if any(recreation(wanted.type, pointer(path)) == "Always" for path in changed):
            return Step("replace", wanted, before)
        if changed or wanted.type == STACK or (before.tags != wanted.tags and is_taggable(wanted.type)):
            return Step("update", kept, before)
        if before.declared != wanted.declared:
            return Step("declare", kept, before)
        same = replace(before, needs=wanted.needs, tags=wanted.tags)
        if same != before:
            self.stack.keep(same)
        return None

    def _wanted(self, name: str, needs: frozenset[str], evaluated: Evaluator) -> Resource:
        """A resource as the template wants it, without physical id."""
        node = self.target.body["Resources"][name]
        return Resource(
            logical_id=name,
            type=node["Type"],
            physical_id="",
            properties=evaluated.properties(name),
            attributes={},
            declared=evaluated.attributes(name),
            tags=self.target.tags,
            needs=needs,
            shown=json.dumps(self._masked.properties(name)),
        )

    def _is_denied(self, step: Step) -> bool:
        if step.before is None:
            return False
        return self._denied(step.before, "Update:Replace" if step.way == "replace" else "Update:Modify")

    def _begin(self, step: Step) -> None:
        told = f"{step.verb.upper()}_IN_PROGRESS"
        if step.before is None or step.way != "replace":
            self.stack.put(step.wanted, told)
        else:
            self.stack.put(replace(step.wanted, physical_id=step.before.physical_id), told, REPLACING)

    def _finish(self, step: Step) -> None:
        try:
            self._ask_hooks(step)
            handled = self._handle(step)
        except Failed as failure:
            self._fail(step, failure.reason, failure.physical_id)
            return
        made = replace(step.wanted, physical_id=handled.physical_id, attributes=handled.attributes)
        if step.way in ("create", "replace"):
            self.stack.put(made, f"{step.verb.upper()}_IN_PROGRESS", "Resource creation Initiated")
        step.done = self.stack.put(made, f"{step.verb.upper()}_COMPLETE")

    def _ask_hooks(self, step: Step) -> None:
        """Hooks that do not let a change pass: told each, then those that may stop it as the resource's failure."""
        failing = [hook for hook in self.region.knobs.hooks if hook.get("fails") == step.logical_id]
        for hook in failing:
            self.stack.tell(step.before or step.wanted, f"{step.verb.upper()}_IN_PROGRESS", hook=hook)
        if stopping := [hook["type"] for hook in failing if hook["mode"] == "FAIL"]:
            raise Failed(f"The following hook(s) failed: [{', '.join(stopping)}]")

    def _handle(self, step: Step) -> Handled:
        if step.wanted.type == STACK:
            return nested.apply(self, step)
        handlers = Handlers(self.region, self.stack)
        match step.way, step.before:
            case "update", Resource() as before:
                return handlers.update(before, step.wanted)
            case "declare", _:
                return Handled(step.wanted.physical_id, step.wanted.attributes)
            case "replace", _:
                return handlers.create(step.wanted, fault="update")
        return handlers.create(step.wanted)

    def _fail(self, step: Step, reason: str, physical_id: str = "") -> None:
        """The resource stays what it was; what is made for the first time seldom has a physical id."""
        left = step.before or replace(step.wanted, physical_id=physical_id)
        if step.before is None:
            step.done = left
        self.stack.put(left, f"{step.verb.upper()}_FAILED", reason)
        self.failures[step.logical_id] = step.verb


def is_taggable(resource_type: str) -> bool:
    """Whether stack-level tags reach resources of this type."""
    known = schema(resource_type)
    return known is not None and known.tag_property is not None


def pointer(path: tuple[Any, ...]) -> str:
    """A path of differences as the schemas write it."""
    return "/".join(["/Properties", *map(str, path)])


def failed_to(failures: dict[str, Verb]) -> str:
    """The stack's reason: what failed, by what was tried."""
    told = ""
    for verb in ("create", "update"):
        names = [name for name, tried in failures.items() if tried == verb]
        if names:
            told += f"The following resource(s) failed to {verb}: [{', '.join(names)}]. "
    return told
