"""Recall and false alarms over all worlds: `python -m bench.catalogue [NAME…]`. Exit 1 if a hazard is missed or a
healthy variant is stopped.

Each run is the real command line, `pytest --stack demo`, over HTTP against a sandbox in its own process. To be cheap,
that process is forked where the scenario is built already and everything is imported.
"""

import json
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import bench.worlds.hazards
import bench.worlds.healthy  # noqa: F401  # they register
from bench import forking
from bench.forking import AT_ONCE
from bench.worlds import WORLDS, Build, World
from reports.record import Record
from reports.told import unjudged
from sandbox.scenarios.stage import Stage
from sandbox.server import Account, Sandbox

STOPPING = {"NO_GO", "CANNOT_TELL", "UNHEALTHY"}


@dataclass(frozen=True)
class Said:
    """One thing that a check said."""

    check: str
    stops: bool
    """Whether it keeps the gate shut, or the upgrade from being called healthy."""
    finding: Mapping[str, Any]
    """As it stands in the record; where a check could not tell, what it said."""

    def __str__(self) -> str:
        """Everything in one line."""
        keys = ("logical_id", "physical_id", "property", "found", "expected", "remedy", "paste")
        return f"{self.check}: " + " | ".join(self.finding[key] for key in keys if self.finding.get(key))


@dataclass(frozen=True)
class Result:
    """How a world ended."""

    world: World
    verdict: str
    """Why there is none, if there is none."""
    said: tuple[Said, ...] = ()
    seconds: float = 0.0
    output: str = ""
    """What the command line wrote, where it came to no verdict."""

    @property
    def stopping(self) -> tuple[str, ...]:
        """What kept the gate shut, a text each."""
        return tuple(str(each) for each in self.said if each.stops)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was told and stopped nothing."""
        return tuple(str(each) for each in self.said if not each.stops)

    @property
    def told(self) -> bool:
        """Whether the user was told what must be told, and the verdict is what it must be."""
        said = self.stopping if self.world.verdict in STOPPING else self.warnings
        heard = not self.world.words or any(_holds(text, self.world.words) for text in said)
        return self.verdict == self.world.verdict and heard


def main(names: list[str]) -> int:
    """Run the worlds of these names, or all; print a line for each, and the totals."""
    unknown = set(names) - WORLDS.keys()
    if unknown:
        raise SystemExit(f"no such world: {', '.join(sorted(unknown))}")
    began = time.monotonic()
    results = []
    for result in run([WORLDS[name] for name in names or WORLDS]):
        results.append(result)
        print("\n".join(lines(result)), flush=True)
    print("\n".join(totals(results)))
    print(f"{time.monotonic() - began:.0f} s")
    return int(not all(result.told for result in results))


def run(worlds: Iterable[World]) -> Iterator[Result]:
    """Run worlds, several at once; results as they come."""
    return forking.run(partial(_build, *task) for task in _tasks(worlds))


def lines(result: Result) -> Iterator[str]:
    """A world's line, and below it what went wrong."""
    world = result.world
    wrong = "FALSE ALARM" if world.healthy and result.verdict != world.verdict else "MISSED"
    kind = "healthy" if world.healthy else "hazard"
    mark = "ok" if result.told else wrong
    yield f"{mark:<11}  {kind:<7}  {world.name:<34}  {result.verdict:<11.60}  {result.seconds:4.1f} s  {world.sentence}"
    if not result.told:
        yield f"             must be {world.verdict}" + (f", with {', '.join(world.words)}" if world.words else "")
        for text in result.stopping or result.warnings or result.output.splitlines():
            yield f"             said: {text[:240]}"


def totals(results: Iterable[Result]) -> Iterator[str]:
    """Recall, false alarms, and how much was told in healthy worlds."""
    healthy = [each for each in results if each.world.healthy]
    hazards = [each for each in results if not each.world.healthy]
    told = sum(each.told for each in hazards)
    go = sum(each.verdict == each.world.verdict for each in healthy)
    yield ""
    if hazards:
        yield f"hazards told              {told} of {len(hazards)}   (recall {told / len(hazards):.0%})"
    if healthy:
        yield f"healthy variants GO       {go} of {len(healthy)}   (false alarms {len(healthy) - go})"
        yield f"warnings in healthy ones  {sum(len(each.warnings) for each in healthy)}"


def _tasks(worlds: Iterable[World]) -> Iterator[tuple[str, list[World]]]:
    """Scenarios and the worlds to make of each; of a scenario with many worlds as many tasks as run at once."""
    by_scenario: dict[str, list[World]] = {}
    for world in worlds:
        by_scenario.setdefault(world.scenario, []).append(world)
    for scenario, made in sorted(by_scenario.items(), key=lambda item: -len(item[1])):
        parts = AT_ONCE if len(made) > 2 * AT_ONCE else 1
        yield from ((scenario, made[part::parts]) for part in range(parts))


def _build(scenario: str, worlds: Sequence[World], sender: Connection) -> None:
    """Build a scenario, and fork for each of its worlds."""
    try:
        with forking.built(scenario) as account:
            for world in worlds:
                if code := forking.forked(_one, world, account, sender):
                    sender.send(Result(world, f"ended with {code}"))
    except Exception as error:  # noqa: BLE001  # told with the world's name
        for world in worlds:
            sender.send(Result(world, f"not built: {error}"))


def _one(world: World, account: Account, sender: Connection) -> None:
    """Build a world, open its port, run the gate in it as the command line does."""
    began = time.monotonic()
    with forking.own(account) as folder:
        try:
            world.build(account.stage)
        except Exception as error:  # noqa: BLE001  # told with the world's name
            sender.send(Result(world, f"not built: {type(error).__name__}: {error}"))
            return
        forking.hurry(account.knobs)
        sandbox = Sandbox.open(account)
        if world.meanwhile:
            threading.Thread(target=_meanwhile, args=(world.meanwhile, account.stage), daemon=True).start()
        options = ["--upgrade"] if world.upgrade else []
        forking.gate(options, folder, {**sandbox.environment(), **world.environment})
        latest = json.loads((folder / "evidence/latest.json").read_text())
        seconds, output = time.monotonic() - began, (folder / "output").read_text()
        if latest["verdict"] is None:
            sender.send(Result(world, "exit 4", (), seconds, output))
        else:
            sender.send(Result(world, latest["verdict"], tuple(_said(folder / "evidence", latest)), seconds))


def _meanwhile(act: Build, stage: Stage) -> None:
    """Wait until the update runs, then act."""
    cloudformation = stage.client("cloudformation")
    while cloudformation.describe_stacks(StackName="codeocean")["Stacks"][0]["StackStatus"] != "UPDATE_IN_PROGRESS":
        stage.knobs.wait(0.05)
    act(stage)


def _said(evidence: Path, latest: Mapping[str, Any]) -> Iterator[Said]:
    """All that stopped the gate, and all that it warned of."""
    text = (evidence / latest["bundle"] / "data/record.json").read_text()
    remedies = {
        check.id: cause.remedy for cause in unjudged(Record.model_validate_json(text)) for check in cause.checks
    }
    for check in json.loads(text)["checks"]:
        if check["outcome"] in {"fail", "warn", "error", "not run"}:
            unread = {"found": check["detail"], "remedy": remedies.get(check["id"], "")}
            for finding in check["findings"] or [unread]:
                yield Said(check["id"], check["stops"], finding)


def _holds(text: str, words: Iterable[str]) -> bool:
    return all(word.lower() in text.lower() for word in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
