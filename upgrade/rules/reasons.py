"""What is behind a reason that AWS gives for a failure, and what to do about it: patterns from a file. Pure.

`python -m upgrade.rules.reasons` writes docs/diagnosis.md.
"""

import html
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


_HEAD = """# Why an update failed

When an update fails, the verdict's first line names the resource that failed first, why, and what to do. `record.json` has the whole diagnosis (`operation.diagnosis`), the report shows it under *The update*.

This page is generated (`python -m upgrade.rules.reasons > docs/diagnosis.md`) from `upgrade/rules/reasons.toml`.

Where nothing was executed it does so as well: of the only check that failed what it has found, of what could not be read the first cause.

After a rollback that is complete (20) the line begins with the old state: healthy, **not healthy** or **not known**, by the postflight checks that judge what was restored (application, target groups, alarms, drift, databases, identities, backups, protection). Its exit code is 20 whichever it is.

## How the cause is found

Of everything that the events call failed, the cause is the earliest failure on the way forward that does not follow from another:

- What was given up because something else failed (`Resource update cancelled`) is no cause; it is listed apart.
- A nested stack that failed is gone into, however deep: what failed in it, earlier than in the stack around it, counts. `Network.Subnet` is the resource `Subnet` of the nested stack `Network`. Where its events can't be read that is said, and the nested stack itself is named.
- Where a hook stopped a resource, the reason is what the hook said, and what its rules advise is told with the remedy (`cloudformation:GetHookResult`).
- Where the events of a stack leave open what failed (`Validation failed with 1 error(s). Call DescribeEvents …`, a hook that nothing else tells of), the failed operation's own events are read (`cloudformation:DescribeEvents`): the validation or hook they name is the cause, with resource, property and reason. Where they can't be read the remedy says so.
- Where no resource failed, as with an export in use, the reason that the stack gives for turning back counts.
- Failures of the rollback are told apart, each with its own remedy: they are what holds a stack in UPDATE_ROLLBACK_FAILED. What the clean-up after a complete update leaves behind is no failure of it.

Reasons are matched by the patterns below, the first that fits. A reason that fits none is told as it is, with where to look. Nothing here is done by Plimsoll; all of it is for people.
"""


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


def page() -> str:
    """docs/diagnosis.md."""
    families = dict.fromkeys(sorted(pattern.family for pattern in patterns()))
    return _HEAD + "".join(map(_section, families))


def _section(family: str) -> str:
    rows = "".join(
        f"| {_cell(bare(pattern.seen[0][0]))} ([seen]({pattern.seen[0][1]})) | {_cell(advice(pattern.seen[0][0]).remedy)} |\n"
        for pattern in patterns()
        if pattern.family == family
    )
    return f"\n## {family.capitalize()}\n\n| What AWS says, for example | What to do |\n| --- | --- |\n{rows}"


def _cell(text: str) -> str:
    return html.escape(text, quote=False).replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def bare(reason: str) -> str:
    """The reason without what CloudFormation and the service wrap around it."""
    wrapped = _WRAPPED.match(reason)
    inner = _REQUEST.sub("", wrapped["inner"] if wrapped else reason).strip()
    return inner if inner not in {"", "null"} else reason


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
