"""SIGKILL at every moment that matters, then the same command again: `python -m bench.kill_matrix`. Exit 1 if in any case
an upgrade is executed twice or not at all, is judged otherwise than if nothing had happened, or leaves something behind.

Runs are the real command line, over HTTP against a sandbox that holds the call at which the first one is killed.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from bench import forking, victims
from bench.forking import AT_ONCE, FORKING
from bench.kills import Clean, Ended, Kill, cases, judge
from sandbox.server import Account

SCENARIO = "healthy"

Case = tuple[int, Kill]


def main(arguments: list[str] | None = None) -> int:
    """Run the matrix, or some cases of it; print a line for each, and the totals."""
    wish = _parser().parse_args(arguments)
    began = time.monotonic()
    print(f"seed {wish.seed}", flush=True)
    found: Clean | None = next(forking.run([_clean]), None)
    if found is None:
        return 1
    matrix = list(enumerate(cases(found, random.Random(wish.seed), every=wish.all), 1))
    print(f"{len(found.calls)} calls when nobody is killed, {len(matrix)} cases", flush=True)
    chosen = [case for case in matrix if _is_wished(case, wish.only)]
    failed, missed = 0, 0
    for case, ended in run(chosen, wish.workers):
        wrong = judge(case[1], ended, found)
        failed, missed = failed + bool(wrong), missed + (not ended.reached)
        print("\n".join(lines(case, ended, wrong)), flush=True)
    print(f"\ncases        {len(chosen)}\nfailures     {failed}\nnot reached  {missed}\nseed         {wish.seed}")
    print(f"{time.monotonic() - began:.0f} s")
    return int(failed > 0)


def run(chosen: list[Case], workers: int) -> Iterator[tuple[Case, Ended]]:
    """Run cases, several at once; how they ended, as it comes."""
    return forking.run((partial(_work, chosen[part::workers]) for part in range(min(workers, len(chosen)))), workers)


def lines(case: Case, ended: Ended, wrong: Iterable[str]) -> Iterator[str]:
    """A case's line, and below it what is wrong."""
    number, kill = case
    mark = "FAILED" if wrong else "ok" if ended.reached else "not reached"
    yield f"{mark:<11}  {number:>4}  {kill!s:<72}  {ended.verdict:<11}  {ended.seconds:4.1f} s"
    for sentence in wrong:
        yield f"                   {sentence}"
    if wrong:
        yield from (f"                   | {line}" for line in ended.output.splitlines()[-12:])


def _is_wished(case: Case, only: str) -> bool:
    number, kill = case
    return number == int(only) if only.isdecimal() else only in str(kill)


def _clean(sender: Connection) -> None:
    with forking.built(SCENARIO) as account:
        _forked(victims.clean, account, sender)


def _work(chosen: list[Case], sender: Connection) -> None:
    """Build the world, and fork for each case."""
    with forking.built(SCENARIO) as account:
        for case in chosen:
            if code := _forked(_one, account, case, sender):
                sender.send((case, Ended(f"ended with {code}", executed=0)))


def _one(account: Account, case: Case, sender: Connection) -> None:
    sender.send((case, victims.case(account, case[1])))


def _forked(target: Callable[..., None], *arguments: Any) -> int:
    """Run in a fork, so that what it does to the account stays there; its exit code."""
    child = FORKING.Process(target=target, args=arguments)
    child.start()
    child.join()
    return child.exitcode or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.kill_matrix", description="Kill gates, and run them again.")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the random calls (default: any)")
    parser.add_argument("--all", action="store_true", help="kill before every call, not only a few of each operation")
    parser.add_argument("--only", default="", metavar="N", help="case N alone, or all whose line holds this text")
    parser.add_argument("--workers", type=int, default=AT_ONCE, help="cases at once; 1 for a fixed order")
    return parser


if __name__ == "__main__":
    sys.exit(main())
