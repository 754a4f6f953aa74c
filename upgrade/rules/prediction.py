"""The change set that CloudFormation would make, predicted from what is deployed and what is wanted. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.errors import CannotTell
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Resource, Stack, Template
from upgrade.rules.inputs import behind
from upgrade.rules.parameters import PlannedParameters, planned_for, pseudo_parameters, secret_names
from upgrade.template.compare import compare
from upgrade.template.functions import literal
from upgrade.template.resolve import MASKED
from upgrade.template.side import Side

PREDICTED = "PREDICTED"
"""Status of a plan that no change set was made of."""

REFUSED = "REFUSED"
"""Status of one that CloudFormation will not make a change set of."""


def predict(
    entry: StackEntry,
    product: Product,
    *,
    stack: Stack,
    resources: Iterable[Resource],
    deployed: Template,
    target: Template,
    planned: PlannedParameters,
    behind: Mapping[str, str],
    now: datetime,
) -> Plan:
    """Predict the change set of an update.

    Args:
        entry: the configuration.
        product: what is known about the product.
        stack: the live stack.
        resources: what it holds.
        deployed: its template.
        target: the template to upgrade to.
        planned: the parameters of the update.
        behind: by name of a planned parameter of an SSM type, what stands in SSM.
        now: the time.
    """
    pseudo = pseudo_parameters(entry, stack)
    tags = {**own_tags(stack), **entry.tags}
    old = Side(deployed, stack.parameters, pseudo=pseudo, behind=stack.resolved, tags=own_tags(stack))
    # A secret that stands in the configuration, or in SSM, is as secret as one from the environment.
    hidden = secret_names(target)
    values = {**planned.values, **dict.fromkeys(hidden & planned.given.keys(), MASKED)}
    shown = {name: value for name, value in behind.items() if name not in hidden}
    new = Side(target, values, pseudo=pseudo, behind=shown, tags=tags, kept=frozenset(planned.previous))
    found = compare(old, new, resources)
    refused = [*map(str, planned.problems), *found.refused]
    same = not (found.changes or found.outputs or found.unpredicted or refused) and old.tags == new.tags
    return Plan(
        arn="",
        name="",
        stack_arn=stack.arn,
        created=now,
        status=REFUSED if refused else PREDICTED,
        status_reason="; ".join(refused),
        execution_status="UNAVAILABLE",
        changes=found.changes,
        parameters=values,
        tags=tags,
        capabilities=tuple(product.capabilities if entry.capabilities is None else entry.capabilities),
        template=Known(target, now),
        nothing_to_do=same,
        predicted=True,
        unpredicted=found.unpredicted,
    )


def predicted(
    before: Snapshot, entry: StackEntry, product: Product, deployed: Template, target: Template
) -> Fact[Plan]:
    """The same, on facts that were read, of two templates; unknown where one of those facts is."""
    try:
        planned, stored = planned_for(before, entry), before.stored
        found = predict(
            entry,
            product,
            stack=before.stack.value,
            resources=before.resources.value,
            deployed=deployed,
            target=target,
            planned=planned,
            behind=behind(target, planned.values, stored.value) if isinstance(stored, Known) else {},
            now=before.stack.at,
        )
    except CannotTell as error:
        return Unknown(Reason.BLOCKED, str(error), "", before.stack.at)
    return Known(found, before.stack.at)


def own_tags(stack: Stack) -> dict[str, str]:
    """The tags of a stack that are its owner's, not AWS's."""
    return {key: value for key, value in stack.tags.items() if not key.startswith("aws:")}


def _type(declared: Any) -> str:
    return literal(declared.get("Type", "")) if isinstance(declared, Mapping) else ""
