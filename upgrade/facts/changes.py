"""A change set as data: every page, nothing interpreted yet.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from upgrade.facts.known import Fact, Reason, Unknown
from upgrade.facts.stack import Template

PREFIX = "plimsoll-"
"""What the names of our change sets and our tokens begin with; the run follows."""


def run_of(text: str) -> str:
    """The run that has made a change set, or started an operation; empty if it was none of ours.

    Args:
        text: a change set's name or ARN (`…:changeSet/NAME/ID`), or a ClientRequestToken.
    """
    name = text.split(":changeSet/", 1)[-1].partition("/")[0] if text.startswith("arn:") else text
    return name.removeprefix(PREFIX) if name.startswith(PREFIX) else ""


NOT_MADE = "NOT_MADE"
"""Our own status of a plan for which no change set could be made."""


@dataclass(frozen=True, slots=True)
class ChangeDetail:
    """Why and where a resource changes."""

    attribute: str
    """Properties, Metadata, CreationPolicy, UpdatePolicy, DeletionPolicy, UpdateReplacePolicy, Tags."""
    name: str
    path: str
    requires_recreation: str
    """Never, Conditionally, Always."""
    evaluation: str
    """Static, Dynamic."""
    source: str
    """ResourceReference, ParameterReference, ResourceAttribute, DirectModification, Automatic, NoModification."""
    causing_entity: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One change. Enumerations are AWS's own words; an unknown one is kept and is never harmless."""

    action: str
    """Add, Modify, Remove, Import, Dynamic, SyncWithActual."""
    logical_id: str
    physical_id: str
    type: str
    replacement: str
    """True, False, Conditional; empty for Add and Remove."""
    scope: tuple[str, ...]
    details: tuple[ChangeDetail, ...]
    policy_action: str
    """Delete, Retain, Snapshot, ReplaceAndDelete, ReplaceAndRetain, ReplaceAndSnapshot; empty where AWS gives none."""
    before_context: str = ""
    after_context: str = ""
    nested_change_set: str = ""
    """ARN of the nested stack's own change set."""


@dataclass(frozen=True, slots=True)
class ListedChangeSet:
    """One row of ListChangeSets."""

    arn: str
    name: str
    created: datetime
    status: str
    """CREATE_COMPLETE, FAILED …"""
    execution_status: str
    """AVAILABLE, UNAVAILABLE, EXECUTE_IN_PROGRESS, OBSOLETE …"""

    @property
    def is_executing(self) -> bool:
        """Whether an operation executes it at this moment, or has."""
        return self.execution_status.startswith("EXECUTE_")


@dataclass(frozen=True, slots=True)
class Unpredicted:
    """What a predicted plan can't say."""

    logical_id: str
    """Of the resource it is about, a nested stack with all that lies in it; empty if it may be any."""
    why: str

    def covers(self, logical_id: str) -> bool:
        """Whether it is about this resource."""
        return self.logical_id in {"", logical_id} or logical_id.startswith(f"{self.logical_id}.")


@dataclass(frozen=True, slots=True)
class NestedChangeSet:
    """The change set of a nested stack, as far as it says whether it can be executed."""

    logical_id: str
    """Of the nested stack, `Parent.Child` where it is nested deeper."""
    status: str
    status_reason: str
    execution_status: str


@dataclass(frozen=True, slots=True)
class Validation:
    """Something that CloudFormation, or a hook, found or could not look at while the change set was made.

    What passed leaves no trace. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
    """

    name: str
    """E.g. NAME_CONFLICT_VALIDATION, or the type of a hook."""
    mode: str
    """FAIL: no change set comes of it; WARN: one does."""
    status: str
    """FAILED, SKIPPED; of a hook HOOK_COMPLETE_FAILED, HOOK_FAILED."""
    reason: str
    logical_id: str
    path: str
    """Of the property, in the template; empty where it is about the whole resource."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook that will run before CloudFormation changes a resource."""

    type: str
    mode: str
    """FAIL: it can stop the update; WARN: it can't."""
    logical_id: str
    """Of the resource it looks at."""


NOT_READ = Unknown(Reason.NOT_ASKED, "there is no change set that could be asked", "", datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Plan:
    """A change set of ours, or what it is predicted to be."""

    arn: str
    name: str
    stack_arn: str
    created: datetime
    status: str
    status_reason: str
    execution_status: str
    changes: tuple[ResourceChange, ...]
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]
    template: Fact[Template]
    """GetTemplate of the change set: what CloudFormation will really deploy."""
    nothing_to_do: bool
    """CloudFormation says the submitted information holds no changes."""
    nested: tuple[NestedChangeSet, ...] = ()
    validations: Fact[tuple[Validation, ...]] = NOT_READ
    hooks: Fact[tuple[Hook, ...]] = NOT_READ
    processed: Fact[Template] = NOT_READ
    """GetTemplate, Processed: with what macros and loops have made of it; the same where it has none."""
    predicted: bool = False
    """No change set was made: this is what old against new says it would be."""
    unpredicted: tuple[Unpredicted, ...] = ()
