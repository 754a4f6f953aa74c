"""Dynamic references, `{{resolve:service:key}}`: kept as text in what a stack stores, resolved towards the provider.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

import re
from collections.abc import Callable
from typing import Any

_REFERENCE = re.compile(r"\{\{resolve:([^{}]+)\}\}")


def resolve_dynamic(value: Any, lookup: Callable[[str], str]) -> Any:
    """The value with every dynamic reference in its texts resolved; `lookup` gets what follows `resolve:`."""
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: lookup(match[1]), value)
    if isinstance(value, dict):
        return {key: resolve_dynamic(child, lookup) for key, child in value.items()}
    if isinstance(value, list):
        return [resolve_dynamic(child, lookup) for child in value]
    return value
