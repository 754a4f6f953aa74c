"""One pair of templates, judged by both: the gate's prediction and the change set of the sandbox's own engine."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.engine.changes import Change
from sandbox.engine.changes import compare as change_set
from sandbox.template.load import load
from tests.sandbox.engine.deployed import deploy
from tests.sandbox.engine.deployed import side as sandbox_side
from tests.sandbox.template.world import PSEUDO
from upgrade.facts.changes import ResourceChange
from upgrade.facts.stack import Resource, Template
from upgrade.template.compare import Comparison, compare
from upgrade.template.read import parse
from upgrade.template.side import Side

Values = Mapping[str, str]

EXPORTS = {name: f"exported {name}" for name in ("net", "other-net")}


def template(text: str) -> Template:
    """A template from YAML with short tags."""
    return parse(text.encode(), "here")


def side(text: str, values: Values | None = None, **more: Any) -> Side:
    """The gate's side of an update."""
    return Side(template(text), values or {}, **{"pseudo": PSEUDO, **more})


def predicted(
    old: str, new: str, before: Values | None = None, after: Values | None = None, tags: Values | None = None
) -> Comparison:
    """What the gate predicts."""
    live = deploy(sandbox_side(load(old), before))
    rows = [Resource(name, each.physical_id, each.type, "CREATE_COMPLETE") for name, each in live.items()]
    values = before if after is None else after
    return compare(side(old, before), side(new, values, tags=tags), rows)


def made(
    old: str, new: str, before: Values | None = None, after: Values | None = None, tags: Values | None = None
) -> tuple[Change, ...]:
    """What the sandbox's change set says."""
    deployed, wanted = (
        sandbox_side(load(old), before),
        sandbox_side(load(new), before if after is None else after, tags),
    )
    return change_set(deployed, wanted, deploy(deployed, wanted.body), EXPORTS)


def essence(change: ResourceChange | Change) -> tuple[Any, ...]:
    """All of a change but its values, alike for both."""
    details = {
        (
            detail.attribute,
            detail.name or "",
            detail.path or "",
            detail.evaluation,
            detail.source,
            detail.causing_entity or "",
            detail.requires_recreation if isinstance(change, ResourceChange) else detail.recreation,  # type: ignore[union-attr]
        )
        for detail in change.details
    }
    return change.action, change.replacement or "", change.policy_action or "", frozenset(change.scope), details


def text(body: Any) -> str:
    """A template as JSON."""
    return json.dumps(body)
