"""What is behind a reason that AWS gives for a failure, and what to do about it: patterns from a file. Pure."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LONGEST = 4_000
"""Characters of a reason that are looked at."""

_WRAPPED = re.compile(r'Resource handler returned message: "(?P<inner>.*)" \([^()]*HandlerErrorCode: \w+\)$', re.DOTALL)
_REQUEST = re.compile(r" \(Service: [^()]*\)| \(SDK Attempt Count: \d+\)")
"""Which service refused it under which request id: for AWS's support, not for who reads one line."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of reason."""

    family: str
    match: re.Pattern[str]
    remedy: str
    """`{name}` stands for what the group of that name has matched."""
    seen: tuple[tuple[str, str], ...]
    """Real messages of the kind, each with where it was published; never empty."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about one failure."""

    family: str
    """Storage, quota, permission …; empty where the reason is of no known kind."""
    remedy: str
    source: str
    """Where such a message was published; empty likewise."""


UNKNOWN = Advice(
    family="",
    remedy="Look at the resource in its own service, and in CloudTrail for the call that failed at that time.",
    source="",
)


@cache
def patterns() -> tuple[Pattern, ...]:
    """The shipped patterns; the first that matches holds."""
    read = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Pattern(
            family=row["family"],
            match=re.compile(row["match"], re.IGNORECASE),
            remedy=row["remedy"],
            seen=tuple((message, source) for message, source in row["seen"]),
        )
        for row in read["reasons"]
    )


def advice(reason: str) -> Advice:
    """What to do about a reason, as AWS gave it."""
    for pattern in patterns():
        if found := pattern.match.search(reason[:LONGEST]):
            groups = {name: text or "" for name, text in found.groupdict().items()}
            return Advice(pattern.family, pattern.remedy.format_map(groups), pattern.seen[0][1])
    return UNKNOWN


def bare(reason: str) -> str:
    """The reason without what CloudFormation and the service wrap around it."""
    wrapped = _WRAPPED.match(reason)
    inner = _REQUEST.sub("", wrapped["inner"] if wrapped else reason).strip()
    return inner if inner not in {"", "null"} else reason
