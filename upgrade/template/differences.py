"""Two resolved values, one beside the other: which parts are the same as CloudFormation sees it, and which are not."""

from collections.abc import Iterator, Mapping
from typing import Any

from upgrade.template.functions import Unresolved, literal

ABSENT = Unresolved("absent")
"""There is no value on this side."""

Path = tuple[str | int, ...]


def leaves(before: Any, after: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Every place where at least one side is no mapping and no list as the other is, with what stands there."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from leaves(before.get(key, ABSENT), after.get(key, ABSENT), (*path, key))
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            yield from leaves(_item(before, index), _item(after, index), (*path, index))
    else:
        yield path, before, after


def same(before: Any, after: Any, physical_ids: Mapping[str, str]) -> bool:
    """Whether two leaves certainly are the same value, what they refer to being the same.

    Scalars are compared as text, 1 and "1", true and "true"; what is not known is compared as it is written.

    Args:
        before: on one side.
        after: on the other.
        physical_ids: what Ref gives for a resource, by logical id.
    """
    if before is ABSENT or after is ABSENT:
        return before is after
    if isinstance(before, Unresolved) and isinstance(after, Unresolved) and before.form == after.form:
        return True
    left, right = _known(before, physical_ids), _known(after, physical_ids)
    if isinstance(left, (Unresolved, Mapping, list)) or isinstance(right, (Unresolved, Mapping, list)):
        return False
    return literal(left) == literal(right)


def is_undecided(value: Any) -> bool:
    """Whether it depends on a condition or a function whose outcome is not known: one that is written anew may be the same."""
    return isinstance(value, Unresolved) and value is not ABSENT and _is_open(value.form)


def at(expression: Any, path: Path) -> Any:
    """The part of an expression that gives the value at a path: a function on the way gives all that lies below it."""
    for step in path:
        if is_function(expression):
            return expression
        if isinstance(expression, Mapping):
            expression = expression.get(step, ABSENT)
        elif isinstance(expression, list) and isinstance(step, int):
            expression = _item(expression, step)
        else:
            return ABSENT
    return expression


def is_function(node: Any) -> bool:
    """Whether a node stands for what a function makes of it."""
    return isinstance(node, Mapping) and len(node) == 1 and str(next(iter(node))).startswith(("Ref", "Fn::"))


def _known(value: Any, physical_ids: Mapping[str, str]) -> Any:
    match value.form if isinstance(value, Unresolved) else None:
        case {"Ref": str(name)} if name in physical_ids:
            return physical_ids[name]
    return value


def _is_open(form: Any) -> bool:
    match form:
        case Mapping():
            return "Fn::If" in form or any(map(_is_open, form.values()))
        case list():
            return any(map(_is_open, form))
    return not isinstance(form, str)


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else ABSENT
