"""How long a gate takes when every AWS call takes 100 ms, on the vendor's real templates.

Prints wall time, calls, the longest chain of dependent calls, start-up, the linting of both templates, peak memory, and the
waits (change set, drift) apart. The goal: wall without waits <= start-up + 1.5 x max(chain x latency, lint), where no lint
is kept from an earlier run. A second figure is that of a run that finds it kept.
"""

import math
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any

from bench.measure import Measured, gate, standing
from sandbox.scenarios.vendor import templates
from tests.acceptance.gate import CHECKOUT
from upgrade.aws.batch import ACTIVE

LATENCY = 0.1
PAGE = 100
RUNS = 3
DEFERRED = "upgrade.gate.opening, jinja2"
"""What `pytest --stack nosuch` imports, and what only a gate that reads something does."""


def main() -> None:
    """Measure and print."""
    with standing("vendor") as sandbox:
        startup = min(gate(sandbox.environment, "--stack", "nosuch").wall for _ in range(RUNS))
        startup += imports(DEFERRED) - imports("upgrade.gate.opening")
        linting = min(_lint() for _ in range(RUNS))
        sandbox.set(api=[{"kind": "latency", "delay": LATENCY}])
        runs = [_gate(sandbox.environment) for _ in range(RUNS)]
    for kept in (False, True):
        run = min((each[kept] for each in runs), key=lambda each: each.wall)
        if run.record is None:
            raise SystemExit(run.output)
        print(f"---- {'lint kept from an earlier run' if kept else 'nothing kept'}")
        _print(run, run.record, startup, linting)


def _gate(environment: Mapping[str, str]) -> tuple[Measured, Measured]:
    """A gate that lints, and one that finds what the first has found."""
    with TemporaryDirectory() as cache:
        known = {**environment, "XDG_CACHE_HOME": cache}
        return gate(known, "--stack", "demo"), gate(known, "--stack", "demo")


def _lint() -> float:
    """Seconds that linting both of the vendor's templates takes, at once and nothing kept."""
    command = [sys.executable, "-m", "upgrade.template.lint", "us-east-1"]
    begun = time.perf_counter()
    running = [
        subprocess.Popen(command, cwd=CHECKOUT, stdin=path.open(), stdout=subprocess.DEVNULL)
        for path in sorted(templates().glob("codeocean-v*.template.yaml"))
    ]
    for each in running:
        each.wait()
    return time.perf_counter() - begun


def imports(modules: str) -> float:
    """Seconds a Python takes to start and import these: the best of some runs."""
    return min(_import_once(modules) for _ in range(RUNS))


def longest_chain(record: dict[str, Any]) -> int:
    """Calls that can't begin before another has ended, counted along the longest way through the gate.

    Who asks; then either the resources, page by page, and a job queue's states, or drift: begun, asked, page by page; then
    the change set: made, read page by page, and its template.
    """
    resources = math.ceil(len(record["before"]["resources"]["value"]) / PAGE)
    drift = math.ceil(len(record["before"]["drift"]["value"]["rows"]) / PAGE)
    changes = max(1, math.ceil(len(record["plan"]["value"]["changes"]) / PAGE))
    return 1 + max(resources + len(ACTIVE), 1 + 1 + drift) + 1 + changes + 1


def waiting(calls: list[dict[str, Any]]) -> dict[str, float]:
    """Seconds between the end of the first look and that of the last: AWS was still at work."""
    polls = {"change set": "DescribeChangeSet", "drift": "DescribeStackDriftDetectionStatus"}
    return {what: _polled([call for call in calls if call["operation"] == name]) for what, name in polls.items()}


def _print(run: Measured, record: dict[str, Any], startup: float, linting: float) -> None:
    calls = record["calls"]
    chain, waits = longest_chain(record), waiting(calls)
    allowed = startup + 1.5 * max(chain * LATENCY, linting)
    without = run.wall - sum(waits.values())
    print(f"verdict             {record['conclusion']['verdict']} (exit {run.code})")
    print(f"wall                {run.wall:.2f} s")
    for what, seconds in waits.items():
        print(f"  wait: {what:<13} {seconds:.2f} s")
    print(f"wall without waits  {without:.2f} s   (allowed: {allowed:.2f} s)")
    print(f"start-up            {startup:.2f} s   (pytest --stack nosuch, and the imports a gate defers)")
    print(f"lint of both        {linting:.2f} s")
    print(f"calls               {len(calls)}, {LATENCY * 1000:.0f} ms each")
    print(f"longest chain       {chain} dependent calls")
    print(f"peak memory         {run.memory:.0f} MiB, the process that lints included: {run.together:.0f} MiB")
    for operation, number in Counter(f"{call['service']}:{call['operation']}" for call in calls).most_common():
        print(f"  {number:>4}  {operation}")


def _import_once(modules: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {modules}"], cwd=CHECKOUT, check=True)
    return time.perf_counter() - begun


def _polled(calls: list[dict[str, Any]]) -> float:
    ends = sorted(datetime.fromisoformat(call["at"]).timestamp() + float(call["seconds"]) for call in calls)
    return ends[-1] - ends[0]


if __name__ == "__main__":
    main()
