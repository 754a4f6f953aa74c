"""The order of a template's resources: who depends on whom, and what may be done at the same time."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import Evaluator
from sandbox.template.references import references


def dependencies(evaluator: Evaluator) -> dict[str, frozenset[str]]:
    """Of every active resource the active resources it needs first, in template order.

    DependsOn, and Ref, Fn::GetAtt and Fn::Sub in the branches the conditions keep. A DependsOn on a resource whose
    condition does not hold is ignored; any other reference to one is an error.
    """
    active = evaluator.active()
    return {name: frozenset(_needs(evaluator, name, frozenset(active))) for name in active}


def _needs(evaluator: Evaluator, name: str, active: frozenset[str]) -> Iterator[str]:
    resource = evaluator.body["Resources"][name]
    yield from (other for other in depends_on(resource) if other in active)
    kept = evaluator.reduced(
        {key: resource[key] for key in ("Properties", "Metadata", "UpdatePolicy", "CreationPolicy") if key in resource}
    )
    for reference in references(kept):
        if reference.name in active:
            yield reference.name
        elif reference.name in evaluator.body["Resources"] and reference.name not in evaluator.parameters:
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{reference.name}] in the Resources block of the template"
            )


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
