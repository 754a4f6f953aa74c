"""Independent reads at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeAlias

THREADS = 8
"""Of one gathering. Every gathering has threads of its own, so that one inside another can't starve it; how many calls
are under way at once is limited where clients are made (upgrade.aws.session)."""

Gather: TypeAlias = Callable[[Iterable[Callable[[], Any]]], list[Any]]


def gather(reads: Iterable[Callable[[], Any]]) -> list[Any]:
    """Carry out independent reads at once.

    Returns:
        Their results, in their order. The first that raises, in that order, raises here, when all have ended.
    """
    todo = tuple(reads)
    if len(todo) < 2:  # noqa: PLR2004  # nothing to do at once
        return [read() for read in todo]
    pool = ThreadPoolExecutor(min(THREADS, len(todo)), "reads")
    try:
        futures = [pool.submit(read) for read in todo]
        wait(futures)
    finally:  # after Ctrl-C nobody waits for a call that hangs
        pool.shutdown(wait=False, cancel_futures=True)
    return [future.result() for future in futures]
