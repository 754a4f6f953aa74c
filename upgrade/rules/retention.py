"""What keeps a resource's data when the resource goes: DeletionPolicy and UpdateReplacePolicy, before and after. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from upgrade.errors import CannotTell
from upgrade.facts.changes import ChangeDetail, Plan
from upgrade.facts.stack import Template
from upgrade.template.compare import SNAPSHOT_BY_DEFAULT

ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy")

KEEPS = {"Retain": 2, "RetainExceptOnCreate": 2, "Snapshot": 1, "Delete": 0}
"""How much of the data is left."""


@dataclass(frozen=True, slots=True)
class ChangedPolicy:
    """A policy that the target sets otherwise."""

    logical_id: str
    attribute: str
    before: str
    after: str

    @property
    def is_lost(self) -> bool:
        """Whether the data would no longer be kept."""
        return KEEPS[self.after] == 0 < KEEPS[self.before]

    @property
    def is_less(self) -> bool:
        """Whether less would be kept, a snapshot in place of the resource, say."""
        return KEEPS[self.after] < KEEPS[self.before]


def changed_policies(prediction: Plan, deployed: Template, target: Template) -> Iterator[ChangedPolicy]:
    """Every policy that changes of a resource that stays in the template.

    Raises:
        CannotTell: one depends on what only AWS knows.
    """
    for change in prediction.changes:
        for detail in change.details:
            if detail.attribute in ATTRIBUTES:
                yield ChangedPolicy(
                    change.logical_id,
                    detail.attribute,
                    _policy(change.logical_id, detail, detail.before, deployed),
                    _policy(change.logical_id, detail, detail.after, target),
                )


def _policy(logical_id: str, detail: ChangeDetail, told: str | None, template: Template) -> str:
    if told in KEEPS:
        return told
    resources: Any = template.body["Resources"]
    resource = resources[logical_id]
    if told is None and detail.attribute not in resource:
        alone = "DBClusterIdentifier" not in resource.get("Properties", {})
        snapshot = detail.attribute == "DeletionPolicy" and resource["Type"] in SNAPSHOT_BY_DEFAULT and alone
        return "Snapshot" if snapshot else "Delete"
    raise CannotTell(f"{logical_id}: its {detail.attribute} in {template.source} is not known")
