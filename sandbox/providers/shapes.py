"""Between CloudFormation's properties and a service's parameters: same things, other spelling and other types.

CloudFormation lets "20" stand for 20 and "true" for true, writes policies as objects where IAM takes text, and names in
PascalCase what Batch and EFS name in camelCase. botocore's own service model says what an operation wants.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

ABSENT = object()


def accepted(client: Any, operation: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of `values` that the operation takes, spelled and typed as its input shape says."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    fitted = _fit(shape, values)
    return fitted if isinstance(fitted, dict) else {}


def _fit(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure":
        members = {name.lower(): (name, member) for name, member in shape.members.items()}
        known = ((members[key.lower()], item) for key, item in value.items() if key.lower() in members)
        return {name: _fit(member, item) for (name, member), item in known if item is not None}
    if shape.type_name == "list":
        items = value if isinstance(value, list) else [value]
        return [_fit(shape.member, item) for item in items]
    if shape.type_name == "map":
        return {key: _fit(shape.value, item) for key, item in value.items()}
    return _scalar(shape.type_name, value)


def _scalar(type_name: str, value: Any) -> Any:
    if type_name in {"integer", "long"}:
        return int(value)
    if type_name in {"float", "double"}:
        return float(value)
    if type_name == "boolean":
        return text(value) == "true"
    return text(value) if type_name == "string" else value


def text(value: Any) -> str:
    """A value as CloudFormation turns it into text: `true`, `20`, compact JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list) else str(value)


def member(values: Mapping[str, Any], name: str) -> Any:
    """The member of that name in any upper or lower case; ABSENT if there is none."""
    if name in values:
        return values[name]
    return next((value for key, value in values.items() if key.lower() == name.lower()), ABSENT)


def shown(wanted: Any, live: Any) -> Any:
    """`live` in the form of `wanted`: what is equal to CloudFormation is the wanted value itself.

    Members that were not asked for (a service's defaults) are left out, order in a list does not count, and a policy
    is compared as a document, however the service writes it.
    """
    if isinstance(wanted, dict) and isinstance(live, str):
        return document(wanted, live)
    if isinstance(wanted, dict) and isinstance(live, Mapping):
        if "Statement" in wanted:
            return document(wanted, live)
        pairs = ((name, item, member(live, name)) for name, item in wanted.items())
        return {name: shown(item, found) for name, item, found in pairs if found is not ABSENT and found is not None}
    if isinstance(wanted, list) and isinstance(live, list):
        return _shown_list(wanted, live)
    return wanted if same(wanted, live) else live


def _shown_list(wanted: list[Any], live: list[Any]) -> list[Any]:
    left = list(live)
    result = []
    for item in wanted:
        index = next((at for at, found in enumerate(left) if shown(item, found) == item), None)
        result.append(ABSENT if index is None else item)
        if index is not None:
            left.pop(index)
    spare = iter(left)
    filled = (item if found is not ABSENT else _next(item, spare) for item, found in zip(wanted, result, strict=True))
    return [item for item in filled if item is not ABSENT] + list(spare)


def _next(wanted: Any, spare: Iterable[Any]) -> Any:
    found = next(iter(spare), ABSENT)
    return found if found is ABSENT else shown(wanted, found)


def same(wanted: Any, live: Any) -> bool:
    """Whether two scalars are one value to CloudFormation: 20 and "20", true and "true", 1 and 1.0."""
    if isinstance(wanted, bool) or isinstance(live, bool):
        return text(wanted).lower() == text(live).lower()
    return text(wanted) == text(live) or _number(wanted) == _number(live) is not None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def document(wanted: Any, live: Any) -> Any:
    """A policy or another JSON document: the wanted one if they mean the same, else the live one, parsed.

    IAM returns documents URL-encoded (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html).
    """
    found = parsed(live)
    return wanted if _canonical(parsed(wanted)) == _canonical(found) else found


def parsed(value: Any) -> Any:
    """JSON text, URL-encoded or not, as what it says; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(unquote(value) if value.startswith("%") else value)
    except ValueError:
        return value


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted((_canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        return items[0] if len(items) == 1 else items
    return text(value)
