"""Upgrades in trouble: the verdict must be a right one, at most one change set is executed, and nobody sees a traceback.

`python -m bench.kill_matrix --faults` runs it.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

from bench import forking, victims
from bench.troubles import TROUBLES, Trouble
from sandbox.server import Account, Sandbox

SCENARIO = "healthy"


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended."""

    name: str
    verdict: str
    executed: int = 0
    """Updates of ours that CloudFormation has begun."""
    seconds: float = 0.0
    output: str = ""


def run(only: str, workers: int) -> int:
    """Run all troubles, or those whose name holds a text; print a line for each, and the totals. 0 if all is right."""
    began = time.monotonic()
    chosen = {each.name: each for each in TROUBLES if only in each.name}
    tasks = [partial(_work, list(chosen.values())[part::workers]) for part in range(workers)]
    ran = failed = 0
    for ended in forking.run(tasks, workers):
        wrong = list(judge(chosen[ended.name], ended))
        ran, failed = ran + 1, failed + bool(wrong)
        print("\n".join(lines(ended, wrong)), flush=True)
    print(f"\ntroubles  {ran} of {len(chosen)}\nfailures  {failed}\n{time.monotonic() - began:.0f} s")
    return int(failed > 0 or not ran or ran < len(chosen))


def judge(trouble: Trouble, ended: Ended) -> Iterator[str]:
    """What is wrong with how it ended."""
    if ended.verdict not in trouble.right:
        yield f"{ended.verdict} in place of {' or '.join(trouble.right)}"
    if ended.executed > 1 or (ended.executed == 0 and "UPGRADED" in ended.verdict):
        yield f"{ended.executed} change sets were executed"
    if "Traceback" in ended.output or "INTERNALERROR" in ended.output:
        yield "a traceback"


def lines(ended: Ended, wrong: Iterable[str]) -> Iterator[str]:
    """Its line, and below it what is wrong."""
    wrong = list(wrong)
    yield f"{'FAILED' if wrong else 'ok':<6}  {ended.name:<50}  {ended.verdict:<20}  {ended.seconds:5.1f} s"
    yield from (f"          {sentence}" for sentence in wrong)
    if wrong:
        yield from (f"          | {line}" for line in ended.output.splitlines()[-30:])


def _work(troubles: Iterable[Trouble], sender: Connection) -> None:
    """Build the world, and fork for each trouble."""
    with forking.built(SCENARIO) as account:
        for trouble in troubles:
            if code := forking.forked(_one, account, trouble, sender):
                sender.send(Ended(trouble.name, f"ended with {code}"))


def _one(account: Account, trouble: Trouble, sender: Connection) -> None:
    began = time.monotonic()
    with forking.own(account) as folder:
        folders = [folder / f"gate{number}" for number in range(trouble.gates)]
        for each in folders:
            each.mkdir()
        with victims.gates(*((each, ("--upgrade", *trouble.options)) for each in folders)) as gates:
            forking.hurry(account.knobs)
            sandbox, before = Sandbox.open(account), victims.updates(account)
            account.knobs.set(dict(trouble.knobs))
            if trouble.act is not None:
                threading.Thread(target=trouble.act, args=(account,), daemon=True).start()
            for number, gate in enumerate(gates):
                machine = folders[number % trouble.machines]
                gate.begin({**sandbox.environment(), "TMPDIR": str(machine)})
            hung = [gate.end() for gate in gates]
        verdicts = [stuck or victims.verdict_of(each)[0] for stuck, each in zip(hung, folders, strict=True)]
        output = "\n".join((each / "output").read_text() for each in folders)
        executed = victims.updates(account) - before
        told = " and ".join(sorted(verdicts))
        sender.send(Ended(trouble.name, told, executed, time.monotonic() - began, output))
