"""One case of the kill matrix: a sandbox, a gate that is killed in it, and the same command once more."""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench import forking
from bench.forking import FORKING
from bench.kills import UPGRADED, Clean, Ended, Kill
from reports import chain
from reports.views import EVENTS
from sandbox.account import ACCOUNT, REGION
from sandbox.server import Account, Sandbox
from upgrade.facts.changes import run_of

STACK = "codeocean"
LIMIT = 120
"""Seconds after which a gate counts as hung."""
NEED_THE_RUN = {"maintenance-is-over", "parameters-are-as-planned", "update-is-complete"}
"""Checks that ask for the plan or the update: a `--verify` without a baseline has neither, who takes an update up has both."""


class Gate:
    """A gate of its own process group. It is forked before there are threads, and begins when it is told to."""

    def __init__(self, folder: Path, options: Iterable[str]) -> None:
        receiver, self._start = FORKING.Pipe(duplex=False)
        self._process = FORKING.Process(target=self._gate, args=(receiver, folder, options))
        self._process.start()

    def begin(self, environment: Mapping[str, str]) -> None:
        self._start.send(environment)

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def end(self) -> str:
        """Wait for its end; if it comes to none, that."""
        self._process.join(LIMIT)
        return "HUNG" if self.kill() else ""

    def kill(self) -> bool:
        """SIGKILL to all of it; whether there was something to kill."""
        alive = self.is_alive()
        self._process.kill()  # before it has its group
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid or 0, signal.SIGKILL)
        self._process.join()
        return alive

    def _gate(self, begin: Connection, folder: Path, options: Iterable[str]) -> None:
        os.setsid()
        self._start.close()
        sys.exit(forking.gate(options, folder, begin.recv()))


def clean(account: Account, sender: Connection) -> None:
    """An upgrade that nobody kills, and what can be told of it afterwards by somebody who has no baseline."""
    with forking.own(account) as folder, gates((folder, ("--upgrade",)), (folder, ("--verify",))) as (upgrade, verify):
        forking.hurry(account.knobs)
        sandbox = Sandbox.open(account)
        upgrade.begin(sandbox.environment())
        hung = upgrade.end()
        calls = sorted(account.layer.log.calls(), key=lambda call: call.time)
        verdict, record = verdict_of(folder)
        if hung or verdict != UPGRADED:
            raise SystemExit(f"{hung or verdict} where nobody is killed:\n{(folder / 'output').read_text()}")
        shutil.rmtree(folder / "evidence")
        verify.begin(sandbox.environment())
        verify.end()
        ended = datetime.fromisoformat(record["operation"]["finished"])
        sender.send(Clean(tuple(calls), ended, _errors(verdict_of(folder)[1]) - NEED_THE_RUN))


def case(account: Account, kill: Kill) -> Ended | None:
    """Kill a gate at its moment, and run the command again; None if the moment did not come."""
    began = time.monotonic()
    with forking.own(account) as folder, gates((folder, ("--upgrade",)), (folder, ("--upgrade",))) as (first, second):
        forking.hurry(account.knobs)
        sandbox, before = Sandbox.open(account), updates(account)
        account.knobs.set({"api": [_rule(kill)]})
        first.begin(sandbox.environment())
        if not _is_held(account, first):
            return None
        first.kill()
        account.layer.held.release()
        accepted = updates(account) > before
        if kill.forgotten:
            shutil.rmtree(folder / "evidence", ignore_errors=True)
        second.begin(sandbox.environment())
        hung = second.end()
        verdict, record = verdict_of(folder)
        summaries = account.stage.client("cloudformation").list_change_sets(StackName=STACK)["Summaries"]
        root = folder / "evidence"
        journals = {path.parent.name: chain.parse(path.read_bytes()) for path in root.glob(".journal/*/*/events.jsonl")}
        return Ended(
            verdict=hung or verdict,
            accepted=accepted,
            executed=updates(account) - before,
            errors=_errors(record),
            left=tuple(each["ChangeSetName"] for each in summaries if run_of(each["ChangeSetName"])),
            journals=journals,
            told=tuple(chain.parse(path.read_bytes()) for path in root.glob(f"*/{EVENTS}")),
            seconds=time.monotonic() - began,
            output=(folder / "output").read_text(),
        )


@contextmanager
def gates(*wished: tuple[Path, tuple[str, ...]]) -> Iterator[list[Gate]]:
    """Gates, each with its folder and options; whatever happens, none of them is left."""
    made = [Gate(folder, options) for folder, options in wished]
    try:
        yield made
    finally:
        for gate in made:
            gate.kill()


def _rule(kill: Kill) -> dict[str, Any]:
    kind = "lost" if kill.answered else "drop"
    where = {"service": kill.service, "action": kill.action, "after": kill.nth - 1, "times": 1}
    return {**where, "kind": kind, "hold": True}


def _is_held(account: Account, gate: Gate) -> bool:
    """Wait until the call is held; False: the gate ended, or hangs, without it."""
    deadline = time.monotonic() + LIMIT
    while gate.is_alive() and time.monotonic() < deadline:
        if account.layer.held.calls(timeout=0.1):
            return True
    return False


def updates(account: Account) -> int:
    """Updates of the stack that CloudFormation has begun for us."""
    stacks = account.world.region(ACCOUNT, REGION).stacks.values()
    told = [event.operation for stack in stacks if stack.name == STACK for event in stack.events()]
    return len({each.id for each in told if each.type == "UPDATE_STACK" and run_of(each.token or "")})


def verdict_of(folder: Path) -> tuple[str, dict[str, Any]]:
    """The verdict, and the record if it has left one."""
    path = folder / "evidence/latest.json"
    latest: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"verdict": None}
    if latest["verdict"] is None:
        return "no verdict", {"checks": []}
    return str(latest["verdict"]), json.loads((folder / "evidence" / latest["bundle"] / "data/record.json").read_text())


def _errors(record: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(check["id"]) for check in record["checks"] if check["outcome"] == "error")
