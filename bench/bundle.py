"""How large a run's evidence is and how long it takes to write, part by part: `python -m bench.bundle`.

First that of an upgrade of the vendor's pair (PLIMSOLL_VENDOR_TEMPLATES), which must be under 10 MB and written in under 3 s;
then made-up upgrades that grow, which show whether any part grows faster than they do. On two busy cores, in November 2026:

        upgrade of     MB      s     build  redact  render    scan    hash    disk    seal    rest
the vendor's pair     3.1   0.87      0.01    0.16    0.22    0.17    0.00    0.07    0.20    0.03
250, 1,253 events     3.1   0.76      0.01    0.08    0.39    0.11    0.00    0.02    0.03    0.12
500, 2,503 events     5.6   0.65      0.01    0.13    0.23    0.21    0.00    0.02    0.04    0.01
1000, 5,003 events   10.7   1.33      0.07    0.21    0.44    0.37    0.01    0.11    0.12    0.01
"""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.measure import standing
from reports import disk, folder, redact, views
from reports.folder import Folder
from reports.seal import bag, writing
from tests.acceptance.gate import CHECKOUT
from tests.reports.pages import crowded

SIZES = ((250, 4), (500, 4), (1000, 4))
"""Resources, and how many events of each tell that it is in progress: 1,250, 2,500 and 5,000 events, and some more."""

SECRETS = tuple(f"{number}-correct-horse-battery/+{number}" for number in range(8))
"""As many as a run with sessions of two roles knows."""

PARTS = ("build", "redact", "render", "scan", "hash", "disk", "seal", "rest")


class Stopwatch:
    """Seconds by part; of parts within parts only the inner one counts."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._running = ["rest"]
        self._since = 0.0

    def restart(self) -> None:
        """Forget what was measured."""
        self.seconds.clear()
        self._since = time.perf_counter()

    def told(self) -> dict[str, float]:
        """The seconds up to now."""
        self._turn()
        return dict(self.seconds)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """What runs now is this part."""
        self._turn()
        self._running.append(name)
        try:
            yield
        finally:
            self._turn()
            self._running.pop()

    def watch(self, owner: Any, name: str, part: str) -> None:
        """Have every call of a function of a module or class count as this part."""
        original: Callable[..., Any] = getattr(owner, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            with self.part(part):
                return original(*arguments, **named)

        setattr(owner, name, watched)

    def watch_each(self, owner: Any, name: str, part: str) -> None:
        """The same of a generator: what it does until its next item."""
        original: Callable[..., Iterator[Any]] = getattr(owner, name)

        def watched(*arguments: Any) -> Iterator[Any]:
            items = original(*arguments)
            while True:
                with self.part(part):
                    item = next(items, None)
                if item is None:
                    return
                yield item

        setattr(owner, name, watched)

    def _turn(self) -> None:
        now = time.perf_counter()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now


def install() -> Stopwatch:
    """Watch all that writing evidence is made of, from now on."""
    watch = Stopwatch()
    for owner, name, part in (
        (folder, "build", "build"),
        (folder, "redact", "redact"),
        (folder, "completed", "seal"),
        (redact.Secrets, "__init__", "redact"),
        (redact.Secrets, "clean", "redact"),
        (redact.Secrets, "scan", "scan"),
        (bag, "sha256", "hash"),
        (disk, "write_bytes", "disk"),
        (disk, "sync", "disk"),
        (writing, "write", "rest"),
    ):
        watch.watch(owner, name, part)
    watch.watch_each(views, "render", "render")
    return watch


def main() -> int:
    """One line the vendor's pair, one line a size; or, inside a gate, what the first line tells."""
    if sys.argv[1:]:
        return _gate(sys.argv[1:])
    print(f"{'upgrade of':>22} {'MB':>6} {'s':>6}   " + " ".join(f"{part:>7}" for part in PARTS))
    _tell("the vendor's pair", *_vendor())
    watch = install()
    for resources, progress in SIZES:
        evidence = crowded(resources, progress)
        with TemporaryDirectory() as root:
            watch.restart()
            bundle = Folder(Path(root)).write(evidence, SECRETS).bundle
            seconds = watch.told()
            events = len(evidence.operation.events) if evidence.operation else 0
            _tell(f"{resources}, {events:,} events", _size(bundle), seconds)
    return 0


def _vendor() -> tuple[float, dict[str, float]]:
    """Size in MB and seconds by part, as a gate in a process of its own tells them."""
    with standing("vendor") as sandbox, TemporaryDirectory() as root:
        command = [sys.executable, "-m", "bench.bundle", "--stack=demo", "--upgrade", f"--evidence={root}"]
        environment = {**os.environ, **sandbox.environment}
        run = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
        latest = json.loads((Path(root) / "latest.json").read_text())
        if latest["verdict"] != "UPGRADED":
            raise SystemExit(run.stdout + run.stderr)
        return _size(Path(root) / latest["bundle"]), json.loads(run.stderr.splitlines()[-1])


def _gate(arguments: list[str]) -> int:
    import pytest  # noqa: PLC0415  # a gate in this process, and its own exit code

    watch, write = install(), Folder.write

    def written(self: Folder, *given: Any) -> Any:
        watch.restart()
        try:
            return write(self, *given)
        finally:
            told.update(watch.told())

    told: dict[str, float] = {}
    Folder.write = written  # type: ignore[assignment,method-assign]
    code = int(pytest.main(arguments))
    sys.stderr.write(f"\n{json.dumps(told)}\n")
    sys.stderr.flush()
    return code


def _size(bundle: Path) -> float:
    return sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file()) / 1e6


def _tell(what: str, size: float, seconds: dict[str, float]) -> None:
    parts = " ".join(f"{seconds.get(part, 0):>7.2f}" for part in PARTS)
    print(f"{what:>22} {size:>6.1f} {sum(seconds.values()):>6.2f}   {parts}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
