"""Cheap worlds: a scenario is built once, with everything imported, and its process is forked for each run in it."""

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from multiprocessing.connection import Connection, wait
from pathlib import Path
from shutil import copytree
from typing import Any, cast

import cfnlint.api  # noqa: F401  # what a gate imports late is imported once, before the forks
import jinja2  # noqa: F401
import pytest

import upgrade.gate.opening  # noqa: F401
from sandbox.knobs import Knobs
from sandbox.scenarios import find
from sandbox.scenarios.world import DEMO_TIMES
from sandbox.server import Account

CHECKOUT = Path(__file__).parents[1]
AT_ONCE = os.cpu_count() or 1
QUICK = {"pace": 0.1, "change_set_delay": 0.05, "drift_delay": 0.05, "health_delay": 0.2}
"""Seconds; a scenario takes longer, for people to see."""
FORKING = multiprocessing.get_context("fork")


def run(tasks: Iterable[Callable[[Connection], None]], at_once: int = AT_ONCE) -> Iterator[Any]:
    """Run tasks, each in a process of its own, several at once; what they send, as it comes."""
    waiting = list(tasks)
    running: dict[Connection, Any] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            receiver, sender = FORKING.Pipe(duplex=False)
            running[receiver] = FORKING.Process(target=waiting.pop(0), args=(sender,))
            running[receiver].start()
            sender.close()
        for ready in cast("list[Connection]", wait(running)):
            try:
                yield ready.recv()
            except EOFError:
                running.pop(ready).join()


def forked(target: Callable[..., None], *arguments: object) -> int:
    """Do something in a fork, so that what it does to an account stays there; its exit code."""
    child = FORKING.Process(target=target, args=arguments)
    child.start()
    child.join()
    return child.exitcode or 0


@contextmanager
def built(scenario: str) -> Iterator[Account]:
    """A scenario that no client can reach yet; for `own`, in a fork."""
    with tempfile.TemporaryDirectory() as folder:
        account = Account.empty(Path(folder))
        find(scenario).build(account.stage)
        yield account


@contextmanager
def own(account: Account) -> Iterator[Path]:
    """What a fork needs to go its own way: a folder, which the account's files are copied to. Its time stands still."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copytree(account.stage.folder, folder, dirs_exist_ok=True)
        account.stage.folder = folder
        account.knobs.set({key: 0.0 for key, value in DEMO_TIMES.items() if getattr(account.knobs, key) == value})
        yield folder


def hurry(knobs: Knobs) -> None:
    """Let time pass, but quickly, where the world says nothing else."""
    knobs.set({key: value for key, value in QUICK.items() if not getattr(knobs, key)})


def gate(options: Iterable[str], folder: Path, environment: Mapping[str, str]) -> int:
    """The command line, in this process: `pytest --stack demo …`, with `output` and `evidence` in the folder; its exit code."""
    for variable in [each for each in os.environ if each.startswith(("AWS_", "PYTEST_", "PLIMSOLL_SANDBOX"))]:
        del os.environ[variable]
    os.environ.update(environment)
    tempfile.tempdir = None  # what it found in TMPDIR before
    os.chdir(CHECKOUT)
    with (folder / "output").open("w") as output, redirect_stdout(output), redirect_stderr(output):
        return int(pytest.main(["--stack", "demo", *options, f"--evidence={folder / 'evidence'}"]))
