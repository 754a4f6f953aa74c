"""The images that a template names in its Mappings."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_IMAGE = re.compile(r"ami-[0-9a-f]+")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


def named(text: str) -> dict[str, str]:
    """Image ids, each with the region under which it stands; an empty text where it stands under something else."""
    from sandbox.template.load import load  # late: naming scenarios must not load cfn-lint

    mappings: Mapping[str, Any] = load(text).get("Mappings", {})
    return {
        image: key if _REGION.fullmatch(key) else ""
        for mapping in mappings.values()
        for key, entry in mapping.items()
        for image in _images(entry)
    }


def _images(entry: Mapping[str, Any]) -> Iterator[str]:
    for value in entry.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str) and _IMAGE.fullmatch(item):
                yield item
