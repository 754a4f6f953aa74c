"""How late the end of an update is told, at the pace of a real watch (2 s while events come, x1.5 up to 10 s).

Prints when the terminal event happened, when it was told, and the interval that was in force. The goal: at most one
interval plus one second.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.measure import gate, standing

PACES = (1.0, 6.0)
"""Seconds a resource: one at which events keep coming, one at which the interval grows."""


def main() -> None:
    """Measure and print."""
    for pace in PACES:
        with standing("healthy") as sandbox, TemporaryDirectory() as folder:
            sandbox.set(pace=pace)
            stacks = _real_polling(Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"]), Path(folder))
            environment = {**sandbox.environment, "PLIMSOLL_SANDBOX_STACKS": str(stacks)}
            run = gate(environment, "--stack", "demo", "--upgrade", "--timeout=30")
        if run.record is None:
            raise SystemExit(run.output)
        _print(pace, run.record)


def _real_polling(stacks: Path, folder: Path) -> Path:
    text = re.sub(r"(?m)^watch *=.*$", "watch = 2", stacks.read_text())
    copy = folder / "stacks.toml"
    copy.write_text(re.sub(r"(?m)^watch_max *=.*$", "watch_max = 10", text))
    return copy


def _print(pace: float, record: dict[str, Any]) -> None:
    looks = [_at(call) for call in record["calls"] if call["operation"] == "DescribeStackEvents"]
    ended = datetime.fromisoformat(record["operation"]["finished"])
    told = next(look for look in looks if look >= ended)
    before = max(look for look in looks if look < ended)
    late, interval = (told - ended).total_seconds(), (told - before).total_seconds()
    print(
        f"pace {pace:g} s: ended {ended:%H:%M:%S.%f}, told {late:.2f} s later, interval {interval:.2f} s "
        f"(allowed: {interval + 1:.2f} s), {len(looks)} looks"
    )


def _at(call: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(call["at"]) + timedelta(seconds=call["seconds"])


if __name__ == "__main__":
    main()
