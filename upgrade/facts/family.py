"""Fact families: a method whose name is that of the fact and whose parameters name the facts it depends on.

The collector starts each as soon as what it depends on has been read; nobody orders them by hand.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from upgrade.errors import CannotTell
from upgrade.facts.known import Fact, Reason, Unknown

F = TypeVar("F", bound=Callable[..., Any])

_WHEN = "__read_when__"


@dataclass(frozen=True, slots=True)
class Family:
    """One fact and how it is read."""

    name: str
    """A field of `Snapshot`, or a fact that others are made of."""
    needs: tuple[str, ...]
    """Names of the facts it depends on."""
    before: bool
    """Whether it is read before an upgrade."""
    after: bool
    """Whether it is read after one."""
    read: Callable[..., Fact[Any]]


def family(*, before: bool = True, after: bool = False) -> Callable[[F], F]:
    """Declare a method of a class of reads as a fact family.

    The method may ask any fact it depends on for its value: if that is not known, its own fact is not known either, and
    says why.

    Args:
        before: whether it is read before an upgrade.
        after: whether it is read after one.
    """

    def declare(method: F) -> F:
        @wraps(method)
        def read(self: Any, *facts: Any, **named: Any) -> Any:
            try:
                return method(self, *facts, **named)
            except CannotTell as error:
                return Unknown(Reason.BLOCKED, str(error), "", self.source.clock.now())

        setattr(read, _WHEN, (before, after))
        return read  # type: ignore[return-value]  # the same signature

    return declare


def families(reads: Iterable[object]) -> Mapping[str, Family]:
    """The families that these objects declare, by name."""
    found = {}
    for each in reads:
        for name, method in inspect.getmembers(each, lambda member: hasattr(member, _WHEN)):
            if name in found:
                raise ValueError(f"fact {name} is declared twice")
            needs, (before, after) = tuple(inspect.signature(method).parameters), getattr(method, _WHEN)
            found[name] = Family(name, needs, before, after, method)
    return found


def in_order(known: Mapping[str, Family], given: Iterable[str]) -> list[Family]:
    """The families such that each comes after those it depends on.

    Args:
        known: by name.
        given: names of facts that are there already.
    """
    done, left, order = set(given), dict(known), list[Family]()
    while left:
        ready = [each for each in left.values() if done.issuperset(each.needs)]
        if not ready:
            raise ValueError(f"facts depend on each other or on what there is not: {', '.join(sorted(left))}")
        order += ready
        done.update(each.name for each in ready)
        left = {name: each for name, each in left.items() if name not in done}
    return order
