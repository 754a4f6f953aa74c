"""The part of the record that says what was planned; what became of it stands there as the gate has it."""

from typing import Any

from pydantic import AwareDatetime, model_validator

from reports.part import EARLIER, Fact, Part, described, not_asked
from reports.template_file import TemplateFile
from upgrade.facts import actual, changes, diagnosis, operation, stack
from upgrade.facts.changes import Hook, NestedChangeSet, Unpredicted, Validation
from upgrade.rules.actual import kind

described(
    actual.ActualChange,
    actual.Compared,
    actual.Step,
    changes.ChangeDetail,
    Hook,
    NestedChangeSet,
    Validation,
    Unpredicted,
    diagnosis.Diagnosis,
    diagnosis.Failure,
    operation.Operation,
    stack.Event,
    stack.HookRun,
)


class PlannedChange(Part):
    """One ResourceChange of the change set."""

    kind: actual.Kind
    """Ours, derived from the rest."""
    action: str
    logical_id: str
    physical_id: str
    type: str
    replacement: str
    scope: tuple[str, ...]
    details: tuple[changes.ChangeDetail, ...]
    policy_action: str
    before_context: str
    after_context: str
    nested_change_set: str

    @model_validator(mode="before")
    @classmethod
    def _of_change(cls, value: Any) -> Any:
        if not isinstance(value, changes.ResourceChange):
            return value
        told = {name: getattr(value, name) for name in cls.model_fields if name != "kind"}
        return {"kind": kind(value), **told}


class Plan(Part):
    """The change set: what CloudFormation was asked to do, or what it is predicted to be."""

    arn: str
    name: str
    stack_arn: str
    created: AwareDatetime
    status: str
    status_reason: str
    execution_status: str
    nothing_to_do: bool
    changes: tuple[PlannedChange, ...]
    parameters: dict[str, str]
    tags: dict[str, str]
    capabilities: tuple[str, ...]
    template: Fact[TemplateFile]
    """What the change set holds."""
    processed: Fact[TemplateFile]
    """What CloudFormation has made of it; its text is kept nowhere: a macro may have put secrets in it."""
    nested: tuple[NestedChangeSet, ...]
    validations: Fact[tuple[Validation, ...]]
    hooks: Fact[tuple[Hook, ...]]
    predicted: bool
    """Whether no change set was made and this is what it would be."""
    unpredicted: tuple[Unpredicted, ...]
    """What a prediction can't say."""

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, value: Any) -> Any:
        """An earlier version of Plimsoll predicted nothing, and did not ask what CloudFormation validated."""
        unread = not_asked(EARLIER)
        added = {"predicted": False, "unpredicted": (), "nested": ()}
        added |= dict.fromkeys(("processed", "validations", "hooks"), unread)
        return {**added, **value} if isinstance(value, dict) else value
