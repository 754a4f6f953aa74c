"""The catalogue of checks in words, for people: a list, one check explained, and docs/checks.md."""

from collections.abc import Iterable
from difflib import get_close_matches
from textwrap import fill

from upgrade.catalogue import CheckInfo, Phase, Severity, When
from upgrade.errors import UsageError

REGENERATE = "python -m checks docs"

PHASES = {
    Phase.FACTS: "Preflight, on what is deployed",
    Phase.PLAN: "Preflight, on the plan",
    Phase.UPGRADE: "The upgrade",
    Phase.POSTFLIGHT: "Postflight",
    Phase.STUCK: "Before a recovery (`--recover`)",
    Phase.RECOVERY: "The recovery",
    Phase.RECOVERED: "After a recovery",
}

_BLOCKS = {Severity.BLOCKER: "blocks", Severity.WARNING: "warns"}
_JUDGES = {When.PLAN: "the upgrade as planned", When.START: "the moment of execution"}

_HEAD = f"""<!-- Generated: {REGENERATE} -->

# Checks

What a gate checks, in the order in which it does. One that **blocks** shuts the gate if it fails or can't tell; it may warn of lesser findings. One that **warns** never does. What judges the *moment of execution* is told and not required under `--ahead` and `--read-only`. The same in a terminal: `python -m checks list`, `python -m checks explain ID`.
"""


def listing(catalogue: Iterable[CheckInfo]) -> str:
    """All checks, a line each, by phase."""
    infos = tuple(catalogue)
    width = max(len(info.id) for info in infos)
    lines = list[str]()
    for phase, those in _by_phase(infos):
        lines += ["", PHASES[phase]]
        lines += (f"  {info.id:<{width}}  {_BLOCKS[info.severity]:<6}  {info.when:<5}  {info.title}" for info in those)
    return "\n".join([*lines[1:], ""])


def explained(catalogue: Iterable[CheckInfo], id_: str) -> str:
    """All there is to say of one check.

    Raises:
        UsageError: there is none of this id.
    """
    infos = {info.id: info for info in catalogue}
    if id_ not in infos:
        near = get_close_matches(id_, infos, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "`python -m checks list` names them all"
        raise UsageError(f"there is no check {id_!r}: {hint}")
    info = infos[id_]
    rows = {
        "phase": PHASES[info.phase],
        "severity": _BLOCKS[info.severity],
        "judges": f"{_JUDGES[info.when]}, on facts that are at most {info.max_age_minutes:g} minutes old",
        "why": info.why,
        "remedy": info.remedy,
        "serves": _serves(info),
        "repeats": info.repeats,
        "see": "\n".join(info.references),
        "file": info.file,
    }
    return "\n".join([f"{info.id}: {info.title}", "", *(_row(name, text) for name, text in rows.items() if text), ""])


def page(catalogue: Iterable[CheckInfo]) -> str:
    """docs/checks.md."""
    parts = [_HEAD]
    for phase, those in _by_phase(tuple(catalogue)):
        parts += [f"\n## {PHASES[phase]}\n", *(_section(info) for info in those)]
    return "".join(parts)


def _by_phase(infos: tuple[CheckInfo, ...]) -> Iterable[tuple[Phase, list[CheckInfo]]]:
    return ((phase, those) for phase in Phase if (those := [info for info in infos if info.phase is phase]))


def _row(name: str, text: str) -> str:
    indent = " " * 10
    lines = [fill(line, 100, break_long_words=False, break_on_hyphens=False) for line in text.splitlines()]
    return f"{name:<10}" + "\n".join(lines).replace("\n", "\n" + indent)


def _serves(info: CheckInfo) -> str:
    ids = ", ".join(info.requirements)
    return f"{info.requirement} ({ids})" if ids else info.requirement


def _section(info: CheckInfo) -> str:
    moment = f", judges {_JUDGES[info.when]}" if info.when is When.START else ""
    lines = [f"*Remedy:* {info.remedy}"]
    if info.requirement:
        lines.append(f"*Serves:* {_serves(info)}")
    if info.repeats:
        lines.append(f"*Asks again:* [{info.repeats}](#{info.repeats})")
    if info.references:
        lines.append(f"*See:* {', '.join(f'<{each}>' for each in info.references)}")
    listed = "".join(f"- {line}\n" for line in lines)
    return f"\n### {info.id}\n\n{info.title}: **{_BLOCKS[info.severity]}**{moment}. {info.why}\n\n{listed}"
