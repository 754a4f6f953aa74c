"""docs/findings.md: everything the gate says in the scenarios of the sandbox and the worlds of the benchmark, as a user
reads it. `python -m bench.findings > docs/findings.md` runs them all.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from tempfile import gettempdir
from typing import Any

from bench.catalogue import Result, Said, lines, run, totals
from bench.worlds import WORLDS, World
from sandbox.scenarios import scenarios
from sandbox.scenarios.stage import Stage
from upgrade.catalogue import CheckInfo, catalogue

LEFT_OUT = ("empty",)
"""Scenarios without a deployment to judge."""
UPGRADED = frozenset(
    [
        "application-down",
        "capacity-short",
        "database-capacity-short",
        "execute-denied",
        "hook-refuses",
        "identity-lost",
        "left-behind",
        "nested-fails",
        "permission-missing",
        "quota-exceeded",
        "restored-unhealthy",
        "restored-unseen",
        "rollback-fails",
        "timeout",
        "unhealthy-after",
        "update-fails",
        "validation-stops",
    ]
)
"""Scenarios whose hazard shows when the update is made."""

HEAD = """\
# What the gate says

Every blocker and every warning of the scenarios of the sandbox and the worlds of the benchmark, as a user reads it:
what was found, what is expected, what to do. This page is generated (`python -m bench.findings > docs/findings.md`);
ids and times that differ from run to run are left out (`…`). [checks.md](checks.md) says why each check is there.
"""

MOST = 4
"""Findings of one check in one world that are shown."""

VARYING = (
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z| UTC)?", "…"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "…"),
    (r"\b(?!ami-)([a-z]{1,12})-[0-9a-f]{8,17}\b", r"\1-…"),
    (r"\b(codeocean|CodeOcean|w)([\w-]*)-[A-Za-z0-9]{8,13}\b(?=[^\w]|$)", r"\1\2-…"),
    (rf"{re.escape(gettempdir())}/[\w./-]*?/(?=[\w-]+\.\w+)", ""),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:…"),
)
"""What differs from run to run, and what stands in its place."""


def main() -> None:
    """Run everything and print the page."""
    results = []
    for result in run(everything()):
        results.append(result)
        told = lines(result) if result.world.name in WORLDS else [f"scenario     {result.world.name}: {result.verdict}"]
        sys.stderr.write("\n".join(told) + "\n")
    sys.stderr.write("\n".join(totals([each for each in results if each.world.name in WORLDS])) + "\n")
    sys.stdout.write(page(sorted(results, key=lambda each: each.world.name)))


def page(results: Iterable[Result]) -> str:
    """The page: findings by check, what could not be read, the worlds in which all that was met, and those not run."""
    results = list(results)
    left = sorted({world.name for world in everything()} - {result.world.name for result in results})
    rest = [f"Not run for this page: {', '.join(left)}.\n"] if left else []
    return "\n".join([HEAD, *_by_check(results), *_unread(results), *_worlds(results), *rest])


def everything() -> tuple[World, ...]:
    """Every world, and every scenario that none is built on."""
    return (*WORLDS.values(), *_scenarios())


def steady(text: str) -> str:
    """A text without what differs from run to run."""
    for pattern, place in VARYING:
        text = re.sub(pattern, place, text)
    return text


def _scenarios() -> Iterator[World]:
    known = {world.scenario for world in WORLDS.values()}
    for each in scenarios():
        if each.name not in {*LEFT_OUT, *known}:
            yield World(
                name=f"{each.name} (scenario)" if each.name in WORLDS else each.name,
                sentence=each.sentence,
                build=_as_it_is,
                scenario=each.name,
                upgrade=each.name in UPGRADED,
            )


def _as_it_is(_: Stage) -> None:
    """A scenario is a world as it stands."""


def _by_check(results: Iterable[Result]) -> Iterator[str]:
    met: dict[str, dict[str, list[str]]] = {}
    for result in results:
        for said in _some(each for each in result.said if _judges(each)):
            worlds = met.setdefault(said.check, {}).setdefault(steady(_text(said)), [])
            worlds.append(result.world.name)
    for info in catalogue():
        if info.id in met:
            yield from _section(info, met[info.id])


def _unread(results: Iterable[Result]) -> Iterator[str]:
    """Why checks could not be judged, each cause once."""
    met: dict[str, tuple[set[str], set[str]]] = {}
    for result in results:
        for said in result.said:
            if not _judges(said):
                checks, worlds = met.setdefault(steady(_text(said)), (set(), set()))
                checks.add(said.check)
                worlds.add(result.world.name)
    if met:
        yield "## What could not be read\n\nA check that needs it can't tell; if it is one that may block, the gate stays shut.\n"
    for text, (checks, worlds) in sorted(met.items()):
        yield f"{text}  \n  Not judged: {', '.join(sorted(checks))}\n  *({_shown(worlds)})*\n"


def _judges(said: Said) -> bool:
    """Whether it is the finding of a check that could be judged."""
    return "expected" in said.finding


def _shown(worlds: Iterable[str]) -> str:
    names = sorted(set(worlds))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _some(said: Iterable[Said]) -> Iterator[Said]:
    """A few of each check: a world may have two hundred of the same kind."""
    counted: Counter[str] = Counter()
    for each in said:
        counted[each.check] += 1
        if counted[each.check] <= MOST:
            yield each


def _section(info: CheckInfo, findings: Mapping[str, list[str]]) -> Iterator[str]:
    yield f"## {info.id}\n\n{info.title}.\n"
    for text, worlds in sorted(findings.items()):
        yield f"{text}\n  *({_shown(worlds)})*\n"


def _text(said: Said) -> str:
    finding = said.finding
    lines = [f"- {_plain(finding['found'])}"]
    if _judges(said):
        kind = "blocks" if said.stops and finding.get("blocking", True) else "warns"
        lines = [f"- **{kind}** {_plain(finding['found'])}", f"  Expected: {_plain(finding['expected'])}"]
    if finding["remedy"]:
        lines.append(f"  Do this: {_plain(finding['remedy'])}")
    if finding.get("paste"):
        lines.append(f"  `{' '.join(finding['paste'].split())}`")
    return "  \n".join(lines)


def _plain(text: Any) -> str:
    """One line in which nothing is markup."""
    return re.sub(r"([<>*_`|\[\]])", r"\\\1", " ".join(str(text).split()))


def _worlds(results: Iterable[Result]) -> Iterator[str]:
    yield "## Where it was said\n\n| world | what is the matter | verdict |\n|---|---|---|"
    for result in results:
        yield f"| {result.world.name} | {_plain(result.world.sentence)} | {steady(result.verdict)} |"
    yield ""


if __name__ == "__main__":
    main()
