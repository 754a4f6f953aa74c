"""How an update is watched at the pace of a real watch (2 s while events come, x1.5 up to 10 s), told by the record.

First at a pace at which events keep coming, and at one at which the interval grows; then an update of 2,000 events in 20
nested stacks. The end is told after at most one interval and a second, and before everything is read again.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.measure import Measured, gate, standing
from tests.upgrade.world import ACCOUNT, REGION, World
from upgrade.config.tables import Polling
from upgrade.run.lookout import CALLS

PACES = (1.0, 6.0)
"""Seconds a resource: one at which events keep coming, one at which the interval grows."""

NESTED, TOPICS, PACE = 20, 49, 2.0
"""Nested stacks, resources in each, and seconds a resource: 2,000 events in about two minutes."""


def main() -> None:
    """Measure and print."""
    for pace in PACES:
        with standing("healthy") as sandbox:
            sandbox.set(pace=pace)
            _poll_as_in_reality(Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"]))
            run = gate(sandbox.environment, "--stack", "demo", "--upgrade", "--timeout=30")
        _print(f"pace {pace:g} s", run)
    with standing("empty") as sandbox, TemporaryDirectory() as folder:
        stacks = _many(World(sandbox.environment), Path(folder))
        sandbox.set(pace=PACE)
        run = gate(sandbox.environment, "--stack", "many", "--upgrade", f"--stacks-file={stacks}")
    _print(f"{NESTED} nested stacks", run)


def _poll_as_in_reality(stacks: Path) -> None:
    text = stacks.read_text()
    for name, seconds in (("watch", Polling().watch), ("watch_max", Polling().watch_max)):
        text, found = re.subn(rf"(?m)^{name} *=.*$", f"{name} = {seconds}", text)
        if not found:
            raise SystemExit(f"the sandbox's configuration says nothing of {name}")
    stacks.write_text(text)


def _many(world: World, folder: Path) -> Path:
    """A stack with many nested ones, and the configuration to upgrade all of them."""
    stack, target = world.create(_parent(world, "old")), world.publish(_parent(world, "new"))
    keys = {"product": "generic", "stack_name": stack, "region": REGION, "account_id": ACCOUNT, "template_url": target}
    lines = [f'{key} = "{value}"' for key, value in keys.items()]
    path = folder / "stacks.toml"
    path.write_text("\n".join(["[stacks.many]", *lines, "health_minutes = 0.1", "[stacks.many.polling]", "settle = 1"]))
    return path


def _parent(world: World, name: str) -> Mapping[str, Any]:
    topics = {f"T{at}": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}} for at in range(TOPICS)}
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": world.publish({"Resources": topics})}}
    return {"Resources": {f"N{at}": nested for at in range(NESTED)}}


def _print(what: str, run: Measured) -> None:
    if run.record is None or not run.record["operation"]["events"]:
        raise SystemExit(run.output)
    operation, polling = run.record["operation"], Polling()
    events, started, ended = operation["events"], _time(operation["started"]), _time(operation["finished"])
    root = events[0]["stack_arn"]
    last = f"{ended:%H:%M:%S}  {events[-1]['status']:<28} {events[-1]['logical_id']} ("
    told = next(at for at, line in run.lines if last in line)
    looks = [
        _answered(call)
        for call in run.record["calls"]
        if call["operation"] in {"DescribeStackEvents", "DescribeEvents"}
    ]
    looks = [look for look in looks if look >= started]
    busiest = max(sum(look <= each < look + timedelta(minutes=1) for each in looks) for look in looks)
    inner = sum(event["stack_arn"] != root for event in events)
    print(f"{what}: {operation['ending']} in {(ended - started).total_seconds():.0f} s")
    print(f"  {len(events)} events, {inner} of them in nested stacks")
    print(f"  end told after {(told - ended).total_seconds():.2f} s (allowed: {polling.watch_max + 1:g} s)")
    print(f"  everything read again until {(max(looks) - told).total_seconds():.1f} s after that")
    print(f"  {len(looks)} calls, {busiest} in the busiest minute (allowed: {CALLS + 60 * CALLS / polling.watch:g})")
    print(f"  peak memory {run.memory:.0f} MiB, before that with the process that lints {run.together:.0f} MiB")


def _answered(call: dict[str, Any]) -> datetime:
    return _time(call["at"]) + timedelta(seconds=call["seconds"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


if __name__ == "__main__":
    main()
