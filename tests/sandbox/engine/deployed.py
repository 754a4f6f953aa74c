"""A stack as it would be after deploying a template, without deploying anything."""

from collections.abc import Mapping
from typing import Any

from sandbox.engine.changes import Change, Live, Side, compare
from sandbox.engine.parameters import resolve
from sandbox.template.evaluate import Evaluator
from sandbox.template.load import load
from sandbox.template.references import references
from tests.sandbox.template.world import PSEUDO, FakeWorld

Given = Mapping[str, str]


def side(body: Mapping[str, Any], given: Given | None = None, tags: Mapping[str, str] | None = None) -> Side:
    """The template with these parameters, all others at their default."""
    entries = [{"ParameterKey": key, "ParameterValue": value} for key, value in (given or {}).items()]
    resolved = resolve(body, entries, None, lambda name: f"value of {name}").resolved
    return Side(body, resolved, tags or {}, PSEUDO)


def deploy(deployed: Side, *bodies: Mapping[str, Any]) -> dict[str, Live]:
    """Its resources, with made-up ids and with every attribute that the bodies read."""
    body = deployed.body
    evaluator = Evaluator(body, deployed.parameters, deployed.pseudo, FakeWorld())
    read = {(found.name, found.attribute) for each in (body, *bodies) for found in references(each) if found.attribute}
    return {
        name: Live(
            name,
            body["Resources"][name]["Type"],
            f"{name}-id",
            evaluator.properties(name),
            {attribute: f"{name}/{attribute}" for owner, attribute in read if owner == name and attribute},
        )
        for name in evaluator.active()
    }


def changes(
    old: str, new: str, before: Given | None = None, after: Given | None = None, exports: Given | None = None
) -> dict[str, Change]:
    """The changes from one template text, deployed with `before`, to another with `after`; by logical id."""
    deployed, wanted = side(load(old), before), side(load(new), before if after is None else after)
    found = compare(deployed, wanted, deploy(deployed, wanted.body), exports or {})
    assert len({change.logical_id for change in found}) == len(found)
    return {change.logical_id: change for change in found}
