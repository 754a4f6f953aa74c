"""IAM policy documents as statements; pure."""

import json
from collections.abc import Mapping
from typing import Any

from upgrade.facts.services import Statement


def statements(document: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a policy document, as IAM or a resolved template gives it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

    Raises:
        KeyError: the document is no policy.
    """
    rows = document["Statement"]
    return tuple(_statement(row) for row in (rows if isinstance(rows, list) else [rows]))


def _statement(row: Mapping[str, Any]) -> Statement:
    condition = row.get("Condition")
    return Statement(
        effect=row["Effect"],
        actions=_texts(row.get("Action", ())),
        not_actions=_texts(row.get("NotAction", ())),
        resources=_texts(row.get("Resource", ())),
        not_resources=_texts(row.get("NotResource", ())),
        condition=json.dumps(condition, sort_keys=True, default=str) if condition else "",
    )


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))
