"""A resolved value as a change set shows it: as text, or JSON in which every scalar is text."""

import json
from collections.abc import Mapping
from typing import Any

from upgrade.template.differences import ABSENT
from upgrade.template.functions import Unresolved, literal, parameters
from upgrade.template.resolve import MASKED

KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""How CloudFormation marks, within a larger value, what is known only after the update."""


def told(value: Any, secrets: frozenset[str], physical_ids: Mapping[str, str]) -> str | None:
    """The text of a value; `****` where a secret is in it, None where it is absent or not known.

    Args:
        value: resolved.
        secrets: names of parameters that must not be shown.
        physical_ids: what Ref gives for a resource, by logical id.
    """
    if value is ABSENT:
        return None
    if isinstance(value, Unresolved):
        return _known(value.form, secrets, physical_ids)
    texts = _texts(value, secrets, physical_ids)
    return texts if isinstance(texts, str) else json.dumps(texts, separators=(",", ":"))


def _texts(value: Any, secrets: frozenset[str], physical_ids: Mapping[str, str]) -> Any:
    match value:
        case Unresolved():
            known = _known(value.form, secrets, physical_ids)
            return KNOWN_AFTER_APPLY if known is None else known
        case Mapping():
            return {key: _texts(child, secrets, physical_ids) for key, child in value.items()}
        case list():
            return [_texts(child, secrets, physical_ids) for child in value]
    return literal(value)


def _known(form: Any, secrets: frozenset[str], physical_ids: Mapping[str, str]) -> str | None:
    match form:
        case {"Ref": str(name)} if name in physical_ids:
            return physical_ids[name]
        case str():
            return form
    return MASKED if any(name in secrets for name in parameters(form)) else None
