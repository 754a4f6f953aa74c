"""SIGKILL at every moment that matters, then the same command again: `python -m bench.kill_matrix`. Exit 1 if in any case
an upgrade is executed twice or not at all, is judged otherwise than if nothing had happened, or leaves something behind.

Runs are the real command line, over HTTP against a sandbox that holds the call at which the first one is killed.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection

from bench import fault_matrix, forking, victims
from bench.forking import AT_ONCE
from bench.kills import Clean, Ended, Kill, cases, judge
from sandbox.server import Account

SCENARIO = "healthy"
NOT_REACHED = 3
"""With which a case exits whose call never came."""

Case = tuple[int, Kill]


def main(arguments: list[str] | None = None) -> int:
    """Run the matrix, or some cases of it; print a line for each, and the totals."""
    wish = _parser().parse_args(arguments)
    if wish.faults:
        return fault_matrix.run(wish.only, wish.workers)
    began = time.monotonic()
    print(f"seed {wish.seed}", flush=True)
    found: Clean | None = next(forking.run([_clean]), None)
    if found is None:
        return 1
    matrix = list(enumerate(cases(found, random.Random(wish.seed), every=wish.all), 1))
    print(f"{len(found.calls)} calls when nobody is killed, {len(matrix)} cases", flush=True)
    chosen = [case for case in matrix if _is_wished(case, wish.only)]
    tasks = [partial(_work, chosen[part :: wish.workers]) for part in range(wish.workers)]
    ran, failed = 0, 0
    for case, ended in forking.run(tasks, wish.workers):
        wrong = judge(case[1], ended, found)
        ran, failed = ran + 1, failed + bool(wrong)
        print("\n".join(lines(case, ended, wrong)), flush=True)
    print(f"\ncases     {ran} of {len(chosen)}\nfailures  {failed}\nseed      {wish.seed}")
    print(f"{time.monotonic() - began:.0f} s")
    return int(failed > 0 or not ran or ran < len(chosen))


def lines(case: Case, ended: Ended, wrong: Iterable[str]) -> Iterator[str]:
    """A case's line, and below it what is wrong."""
    number, kill = case
    yield f"{'FAILED' if wrong else 'ok':<6}  {number:>4}  {kill!s:<72}  {ended.verdict:<11}  {ended.seconds:4.1f} s"
    for sentence in wrong:
        yield f"              {sentence}"
    if wrong:
        yield from (f"              | {line}" for line in ended.output.splitlines()[-12:])


def _is_wished(case: Case, only: str) -> bool:
    number, kill = case
    return number == int(only) if only.isdecimal() else only in str(kill)


def _clean(sender: Connection) -> None:
    with forking.built(SCENARIO) as account:
        forking.forked(victims.clean, account, sender)


def _work(chosen: list[Case], sender: Connection) -> None:
    """Build the world, and fork for each case."""
    with forking.built(SCENARIO) as account:
        for number, wished in chosen:
            kill = wished
            while (code := forking.forked(_one, account, (number, kill), sender)) == NOT_REACHED and kill.nth > 1:
                kill = replace(kill, nth=kill.nth - 1)  # of a poll there is sometimes one call less
            if code:
                sender.send(((number, kill), Ended(f"ended with {code}", executed=0)))


def _one(account: Account, case: Case, sender: Connection) -> None:
    ended = victims.case(account, case[1])
    if ended is None:
        sys.exit(NOT_REACHED)
    sender.send((case, ended))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.kill_matrix", description="Kill gates, and run them again.")
    parser.add_argument(
        "--faults", action="store_true", help="kill nobody: the other troubles that may come (bench.troubles)"
    )
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the random calls (default: any)")
    parser.add_argument("--all", action="store_true", help="kill before every call, not only a few of each operation")
    parser.add_argument("--only", default="", metavar="N", help="case N alone, or all whose line holds this text")
    parser.add_argument("--workers", type=int, default=AT_ONCE, help="cases at once; 1 for a fixed order")
    return parser


if __name__ == "__main__":
    sys.exit(main())
