"""Whether the policies in force on a role grant at least what a template asks for: statement by statement, pure.

Sound, not complete: a grant spread over several statements in a way that can't be matched pattern by pattern counts as
missing. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import itertools
import re
from collections.abc import Iterable, Sequence

from upgrade.facts.services import Statement


def missing(required: Iterable[Statement], live: Sequence[Statement]) -> list[str]:
    """What the live statements do not grant, a line each: `action on resource`."""
    allows = [statement for statement in live if statement.effect == "Allow"]
    lines: list[str] = []
    for wanted in required:
        if wanted.effect != "Allow":
            continue
        if wanted.not_actions or wanted.not_resources:
            if wanted not in allows:
                lines.append(f"everything but {', '.join(wanted.not_actions or wanted.not_resources)}")
            continue
        for action, resource in itertools.product(wanted.actions, wanted.resources):
            if not any(_grants(statement, action, resource, wanted.condition) for statement in allows):
                lines.append(f"{action} on {resource}")
    return lines


def denied(required: Iterable[Statement], live: Iterable[Statement]) -> tuple[list[str], list[str]]:
    """Explicit denies in force that the template does not declare and that may touch what it grants, a line each.

    Returns:
        Those that certainly take away something granted; and those of which only IAM knows, because they hang on a
        condition or on resources.
    """
    wanted = tuple(required)
    certain: list[str] = []
    possible: list[str] = []
    for deny in live:
        if deny.effect != "Deny" or deny in wanted:
            continue
        touched = [statement for statement in wanted if statement.effect == "Allow" and _touches(deny, statement)]
        if touched:
            sure = not deny.condition and any(_reaches(deny, statement) for statement in touched)
            (certain if sure else possible).append(_told(deny))
    return certain, possible


def covers(pattern: str, asked: str, *, ignore_case: bool = False) -> bool:
    """Whether everything the asked-for pattern can mean is meant by the pattern, too."""
    # A `?` stands for one character, so it does not cover an asked-for `*`.
    parts = {"*": ".*", "?": r"[^*]"}
    expression = "".join(parts.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, asked, re.IGNORECASE if ignore_case else 0) is not None


def _grants(statement: Statement, action: str, resource: str, condition: str) -> bool:
    if statement.condition not in {"", condition} or statement.not_actions or statement.not_resources:
        return False
    return any(covers(pattern, action, ignore_case=True) for pattern in statement.actions) and any(
        covers(pattern, resource) for pattern in statement.resources
    )


def _touches(deny: Statement, granted: Statement) -> bool:
    """Whether a deny names an action that is granted, or may."""
    if deny.not_actions or granted.not_actions:
        return True
    return any(
        covers(pattern, action, ignore_case=True) or covers(action, pattern, ignore_case=True)
        for pattern, action in itertools.product(deny.actions, granted.actions)
    )


def _reaches(deny: Statement, granted: Statement) -> bool:
    """Whether a deny certainly covers a resource that is granted."""
    if deny.not_actions or deny.not_resources:
        return False
    return any(covers(pattern, asked) for pattern, asked in itertools.product(deny.resources, granted.resources))


def _told(deny: Statement) -> str:
    actions = ", ".join(deny.actions) or f"everything but {', '.join(deny.not_actions)}"
    resources = ", ".join(deny.resources) or f"all but {', '.join(deny.not_resources)}"
    return f"Deny {actions} on {resources}{' under a condition' if deny.condition else ''}"
