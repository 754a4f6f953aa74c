"""Which moments a gate is killed in, and what must hold of the one that is started after it. Pure."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reports.chain import Reading
from sandbox.calls import Call
from upgrade.facts.journal import Act
from upgrade.run.journal import EXECUTE, open_intent

UPGRADED, UNHEALTHY = "UPGRADED", "UNHEALTHY"


@dataclass(frozen=True, slots=True)
class Kill:
    """One case: when the first gate is killed, and what the second one finds."""

    service: str
    action: str
    nth: int
    """Of the calls of this operation."""
    of: int
    """So many there were where nobody was killed."""
    answered: bool
    """Killed right after AWS has carried the call out, else right before."""
    forgotten: bool = False
    """The evidence folder, and the journal with it, is gone."""

    def __str__(self) -> str:
        moment = "after" if self.answered else "before"
        journal = "no journal" if self.forgotten else "journal kept"
        return f"{moment:<6} {self.service}:{self.action} {self.nth} of {self.of}, {journal}"


@dataclass(frozen=True, slots=True)
class Clean:
    """The upgrade when nobody is killed."""

    calls: tuple[Call, ...]
    """In the order they were received."""
    ended: datetime
    """When the update was over."""
    blind: frozenset[str]
    """Checks that are ERROR where nobody knows how things were before."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a case ended."""

    verdict: str
    accepted: bool = False
    """Whether CloudFormation had begun the update when the first gate was dead."""
    executed: int = 1
    """Updates of the stack that were begun, both gates together."""
    errors: frozenset[str] = frozenset()
    """Checks that could not tell."""
    left: tuple[str, ...] = ()
    """Names of our change sets that are still there."""
    journals: Mapping[str, Reading] = field(default_factory=dict)
    """The chains in the evidence folder, by the run that began each."""
    told: tuple[Reading, ...] = ()
    """Their copies in the bundles, each from just before its run was concluded."""
    seconds: float = 0.0
    output: str = ""
    """Of the second gate."""


def cases(clean: Clean, chosen: random.Random, *, every: bool = False) -> Iterator[Kill]:
    """Before and after each call that changes something and one call of each operation while the update is watched; before
    the first, the last and a random call of each other operation, or before every call. From the first call that changes
    something on, each once with the journal and once without.
    """
    calls = clean.calls
    changing = next(index for index, call in enumerate(calls) if call.mutating)
    executed = next(index for index, call in enumerate(calls) if call.action == "ExecuteChangeSet")
    watch = {index for index in range(executed + 1, len(calls)) if _at(calls[index]) <= clean.ended}
    for (service, action), indexes in _by_operation(calls).items():
        watched = [index for index in indexes if index in watch]
        before = indexes if every else [indexes[0], indexes[-1], chosen.choice(indexes)]
        after = indexes if calls[indexes[0]].mutating else watched and [chosen.choice(watched)]
        for index in sorted({*before, *after}):
            for answered in (False, True) if index in after else (False,):
                for forgotten in (False, True) if index >= changing else (False,):
                    yield Kill(service, action, indexes.index(index) + 1, len(indexes), answered, forgotten)


def judge(kill: Kill, ended: Ended, clean: Clean) -> list[str]:
    """What is wrong with how a case ended; nothing is if the list is empty. Nobody but us is at work: no refusal is right."""
    blind = kill.forgotten and ended.accepted
    verdict, errors = (UNHEALTHY, clean.blind) if blind else (UPGRADED, frozenset[str]())
    wrong = []
    if ended.executed != 1:
        wrong.append(f"{ended.executed} change sets were executed")
    if ended.verdict != verdict:
        wrong.append(f"{ended.verdict} in place of {verdict}")
    wrong += [f"{check} could tell, without a baseline" for check in sorted(errors - ended.errors)]
    wrong += [f"{check} could not tell" for check in sorted(ended.errors - errors)]
    if ended.executed:
        wrong += [f"change set {name} is left" for name in ended.left]
    return wrong + list(_journals(ended, kept=not kill.forgotten))


def _journals(ended: Ended, *, kept: bool) -> Iterator[str]:
    """What is wrong with the chains: each whole, nothing open in it, and one that tells of the execution and its conclusion."""
    for run, journal in ended.journals.items():
        if journal.broken or journal.torn:
            yield f"journal of run {run}: {journal.broken or 'half a line at its end'}"
        elif left := open_intent(journal.records):
            yield f"journal of run {run}: {left.act} {left.call} is left open"
    if not ended.executed or not kept:
        return
    whole = [
        each.records for each in ended.journals.values() if _executes(each) and each.records[-1].act is Act.CONCLUDED
    ]
    if len(whole) != 1:
        yield f"{len(whole)} journals tell of an execution and its conclusion, in place of one"
    elif not any(_executes(each) and each.records == whole[0][: len(each.records)] for each in ended.told):
        yield "the evidence does not tell the journal up to its conclusion"


def _executes(journal: Reading) -> bool:
    """Whether it tells of an execution that was not refused."""
    acts = [record.act for record in journal.records if record.call == EXECUTE]
    return bool(acts) and Act.REFUSED not in acts


def _by_operation(calls: Iterable[Call]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for index, call in enumerate(calls):
        found.setdefault((call.service, call.action), []).append(index)
    return found


def _at(call: Call) -> datetime:
    return datetime.fromisoformat(call.time)
