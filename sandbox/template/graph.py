"""The order of a template's resources: who depends on whom, and what may be done at the same time."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import Evaluator

_REFERRING = ("Properties", "Metadata", "UpdatePolicy", "CreationPolicy")


def dependencies(evaluator: Evaluator) -> dict[str, frozenset[str]]:
    """Of every active resource the active resources it needs first, in template order.

    DependsOn, and Ref, Fn::GetAtt and Fn::Sub in the branches the conditions keep. A DependsOn on a resource whose
    condition does not hold is ignored; any other reference to one is an error.
    """
    return {name: frozenset(_needs(evaluator, name)) for name in evaluator.active()}


def _needs(evaluator: Evaluator, name: str) -> Iterator[str]:
    resource = evaluator.body["Resources"][name]
    yield from filter(evaluator.is_active, depends_on(resource))
    yield from evaluator.needed({key: resource[key] for key in _REFERRING if key in resource}, "Resources")


def depends_on(resource: Mapping[str, Any]) -> list[str]:
    """DependsOn as a list of logical ids."""
    found = resource.get("DependsOn") or []
    return found if isinstance(found, list) else [found]


def waves(deps: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """The resources in groups, each needing only earlier groups; template order within a group."""
    remaining = dict(deps)
    done: set[str] = set()
    result = []
    while remaining:
        ready = [name for name, needed in remaining.items() if needed <= done]
        if not ready:
            raise TemplateError(f"Circular dependency between resources: [{', '.join(sorted(_circle(remaining)))}]")
        result.append(ready)
        done.update(ready)
        for name in ready:
            del remaining[name]
    return result


def _circle(remaining: Mapping[str, frozenset[str]]) -> set[str]:
    """What is left, without what merely depends on a circle."""
    names = set(remaining)
    while True:
        needed = {other for name in names for other in remaining[name]} & names
        if needed == names:
            return names
        names = needed
