"""`docs/stacks.schema.json`: the configuration as JSON Schema, for editors; generated from the models.

`python -m upgrade.config.schema > docs/stacks.schema.json`
"""

import json
from typing import Any

from upgrade.config.entry import StackEntry


def schema() -> str:
    """The schema's text."""
    entry = StackEntry.model_json_schema(by_alias=True, mode="validation", ref_template="#/$defs/{model}")
    definitions: dict[str, Any] = entry.pop("$defs", {})
    entry["properties"].pop("name")  # the table's own name
    entry["required"].remove("name")
    # What [defaults] gives an entry need not give: no editor may call an entry incomplete for it.
    required = entry.pop("required")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "stacks.toml",
        "description": f"Every entry must have {', '.join(required)}, of its own or from [defaults].",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "defaults": {"$ref": "#/$defs/StackEntry"},
            "stacks": {"type": "object", "additionalProperties": {"$ref": "#/$defs/StackEntry"}, "minProperties": 1},
        },
        "required": ["stacks"],
        "$defs": {**definitions, "StackEntry": entry},
    }
    return json.dumps(document, indent=1) + "\n"


if __name__ == "__main__":
    print(schema(), end="")  # noqa: T201
