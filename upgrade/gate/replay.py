"""`python -m checks replay`: today's checks over the facts that a run has recorded. Nothing is asked of AWS.

What a record does not hold no check can judge again: that is said, and is never a difference.
"""

import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from reports.baseline import record_in
from reports.part import Asked
from reports.record import Check, Record
from reports.recorded import NOT_HELD, plan, snapshot, texts
from reports.state import NOT_REACHED, State
from reports.text import count, harmless
from reports.views import RECORD
from upgrade.catalogue import EXECUTION, CheckInfo, Finding, Outcome, Phase, catalogue
from upgrade.config import product as products
from upgrade.config import stacks
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.errors import UsageError
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Known
from upgrade.facts.reading import readings, watched
from upgrade.facts.snapshot import Snapshot
from upgrade.gate.freshness import in_time
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import COURSES, wants
from upgrade.gate.results import configured, counted, entry_of
from upgrade.gate.waivers import Waivers, scope_of
from upgrade.rules.confidential import REDACTED
from upgrade.rules.processed import after_processing, as_processed
from upgrade.template.macros import is_processed

SAME, DIFFERENT = 0, 1

_NOT_KEPT = {
    "read": "facts of the user's own checks are read by the check itself",
    "execute": "it executes",
    "skips": "it judges a recovery",
    "recovery": "it judges a recovery",
}
"""Why no record can give a check this argument."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one check said then and says now."""

    id: str
    then: Check | None
    """None: the run did not have it."""
    now: Entry | None
    """None: it can't be replayed, or is gone."""
    why_not: str = ""
    """Why it can't be replayed; empty if it can, or is gone."""

    @property
    def differs(self) -> bool:
        """Whether it says something else now."""
        return self.then is not None and self.now is not None and not _same(self.then, self.now)


class CannotReplayError(Exception):
    """The record does not hold what the check needs."""


def replay(bundle: Path, stacks_file: Path) -> tuple[int, str]:
    """Exit code and text of today's checks over a folder of evidence.

    Raises:
        UsageError: there is no record, no entry of that name, or no such product.
        CatalogueError: today's checks can't be read.
    """
    record = record_in(bundle)
    if record is None:
        raise UsageError(f"{bundle}: no record of this version of Plimsoll ({RECORD}): name the folder of a run")
    name = record.subject.entry
    try:
        entry = stacks.load(stacks.file_for(name, stacks_file)).entry(name)
        said = tuple(judged(record, bundle, entry, catalogue()))
    except UsageError as error:
        raise UsageError(harmless(str(error))) from error
    return DIFFERENT if any(each.differs for each in said) else SAME, told(said)


# ---- judging ---------------------------------------------------------------------------------------------------------


def judged(record: Record, bundle: Path, entry: StackEntry, infos: Iterable[CheckInfo]) -> Iterator[Said]:
    """Every check that the run had, or that a run of its mode would have today."""
    replayed, then = _Replay.of(record, bundle, entry), {each.id: each for each in record.checks}
    today = {info.id: info for info in infos}
    for id_, check in then.items():
        if id_ in today:
            yield replayed.said(configured(today[id_], entry.checks), check)
        else:
            yield Said(id_, check, None, "" if check.file.startswith("checks/") else _NOT_KEPT["read"])
    for id_, info in today.items():
        if id_ not in then and wants(record.run.mode, id_, info.phase):
            yield replayed.said(configured(info, entry.checks), None)


@dataclass(frozen=True, slots=True)
class _Replay:
    """What is recorded of one run, as its checks ask for it."""

    record: Record
    entry: StackEntry
    product: Product
    facts: Mapping[str, Any]
    """By the name of the fixture; of what the record does not hold, why not, as CannotReplayError."""
    processed: Mapping[str, Any]
    """What stands in for some of them once the plan is known."""

    @classmethod
    def of(cls, record: Record, bundle: Path, entry: StackEntry) -> "_Replay":
        product = products.load(record.subject.product)
        kept = {sha256: text for sha256, text in texts(bundle, record.before).items() if not isinstance(text, str)}
        started = record.run.started
        before, after = snapshot(record.before, kept, started), snapshot(record.after, kept, started)
        made, predicts = plan(record.plan, kept, started), COURSES[record.run.mode].predicts
        has_plan = predicts or record.plan.state is not Asked.NOT_ASKED
        facts = {
            "before": before if _is_reached(record.before) else _NONE,
            "after": after if _is_reached(record.after) else _NONE,
            "plan": (before.prediction if predicts else made)
            if has_plan
            else CannotReplayError("the record holds no plan"),
            "upgrade": record.operation or CannotReplayError("the record holds no operation"),
            "review": record.review,
            "entry": entry,
            "product": product,
            **{name: CannotReplayError(why) for name, why in _NOT_KEPT.items()},
        }
        return cls(record, entry, product, facts, _processed(before, made, after, entry, product))

    def said(self, info: CheckInfo, then: Check | None) -> Said:
        try:
            return Said(info.id, then, self._judged(info, then))
        except CannotReplayError as error:
            return Said(info.id, then, None, str(error))

    def _judged(self, info: CheckInfo, then: Check | None) -> Entry:
        if info.phase in EXECUTION:
            raise CannotReplayError(_NOT_KEPT["execute"])
        if then is not None and (then.started is None or then.outcome in {Outcome.BLOCKED, Outcome.NOT_RUN}):
            raise CannotReplayError("the run did not come to it")
        if then is not None and any(REDACTED in each.found for each in then.findings):
            raise CannotReplayError("the record hides a part of what it found")
        at = then.started if then is not None and then.started is not None else self.record.run.finished
        function = function_of(info)
        arguments = watched(self._arguments(info, function, now=at))
        try:
            raised = None if function(**arguments) is None else TypeError("the check returned a value")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # SystemExit and pytest's own as well: all of it is a result
            raised = error  # type: ignore[assignment]  # as above
        reads = readings(arguments)
        said = entry_of(info, raised, at, 0)
        _require_held(arguments, said)
        timely = in_time(replace(said, reads=reads), self.record.run.mode) if then is not None else said
        waivers = Waivers(self.entry.waivers, scope_of(self.entry, self.facts_before, self.product), at)
        return counted(timely, COURSES[self.record.run.mode], waivers)

    @property
    def facts_before(self) -> Snapshot | None:
        before = self.facts["before"]
        return before if isinstance(before, Snapshot) else None

    def _arguments(self, info: CheckInfo, function: Callable[..., None], **others: object) -> dict[str, object]:
        facts = {**self.facts, **others}
        arguments = {name: facts.get(name, _FOREIGN) for name in inspect.signature(function).parameters}
        for value in arguments.values():
            if isinstance(value, CannotReplayError):
                raise CannotReplayError(str(value))
        processed = {} if info.phase is Phase.FACTS else self.processed
        return {name: processed.get(name, value) for name, value in arguments.items()}


_NONE = CannotReplayError("the run did not come to it")
_FOREIGN = CannotReplayError("it asks for what is none of Plimsoll's facts")


def _is_reached(state: State) -> bool:
    return state.stack.detail != NOT_REACHED


def _processed(
    before: Snapshot, made: Fact[Plan], after: Snapshot, entry: StackEntry, product: Product
) -> dict[str, object]:
    """What is judged once the plan is known, as upgrade.gate.stages has it."""
    if not isinstance(made, Known):
        return {}
    if made.value.template == NOT_HELD and _has_macros(before):
        # What the change set holds can't be compared: whether its templates were judged as processed is not known.
        return {"before": replace(before, template=NOT_HELD, target=NOT_HELD, prediction=NOT_HELD)}
    now, planned = as_processed(before, made.value, entry, product)
    if now is before:
        return {}
    if NOT_HELD in (now.template, now.target):
        now = replace(now, prediction=NOT_HELD)
    return {"before": now, "plan": Known(planned, made.at), "after": after_processing(after)}


def _has_macros(before: Snapshot) -> bool:
    return any(isinstance(each, Known) and is_processed(each.value) for each in (before.template, before.target))


def function_of(info: CheckInfo) -> Callable[..., None]:
    """The function of a check of ours, as its file holds it now."""
    path = PurePosixPath(info.file)
    function: Callable[..., None] = getattr(importlib.import_module(".".join(path.with_suffix("").parts)), path.stem)
    return function


def _require_held(arguments: Mapping[str, object], said: Entry) -> None:
    """Refuse what a check says of facts that are not there to be judged."""
    for reading in readings(arguments):
        name, _, fact = reading.fact.partition(".")
        if (getattr(arguments[name], fact) if fact else arguments[name]) == NOT_HELD:
            raise CannotReplayError(f"the record does not hold {reading.fact}")
    if any(NOT_HELD.detail in text for text in (said.detail, *(each.found for each in said.findings))):
        raise CannotReplayError("the record does not hold a template that it reads")


# ---- comparing -------------------------------------------------------------------------------------------------------


def _same(then: Check, now: Entry) -> bool:
    says = (_outcome(then.outcome, then.detail), _outcome(now.outcome, now.detail))
    return says[0] == says[1] and not _new(then.findings, now.findings) and not _new(now.findings, then.findings)


def _outcome(outcome: Outcome, detail: str) -> str:
    """An outcome; of a check that is deferred with what it would say."""
    deferred = detail.partition("; now: ")[2].partition(":")[0] if outcome is Outcome.DEFERRED else ""
    return f"{outcome} ({deferred})" if deferred else outcome.value


def _new(old: Iterable[Finding], findings: Iterable[Finding]) -> list[Finding]:
    """Findings that are not among the old ones: neither by fingerprint nor by what was found."""
    known = {text for each in old for text in (each.fingerprint, each.found) if text}
    return [each for each in findings if each.fingerprint not in known and each.found not in known]


# ---- telling ---------------------------------------------------------------------------------------------------------


def told(said: Iterable[Said]) -> str:
    """The answer first, then the differences, then what is new, gone or can't be replayed."""
    lines = list(_lines(tuple(said)))
    return "".join(f"{harmless(line)}\n" for line in lines)


def _lines(said: tuple[Said, ...]) -> Iterator[str]:
    replayed = [each for each in said if each.then is not None and each.now is not None]
    different = [each for each in replayed if each.differs]
    unable = [each for each in said if each.why_not]
    rest = f"; {len(unable)} can't be replayed" if unable else ""
    if different:
        yield f"DIFFERENT  {len(different)} of {count(len(replayed), 'check')} now say something else{rest}"
    else:
        yield f"SAME  {count(len(replayed), 'check')} replayed, and nothing is said differently{rest}"
    for each in different:
        yield from _difference(each)
    for each in said:
        if each.then is None and each.now is not None:
            yield f"  {each.id}  new: the run did not have it; now {_outcome(each.now.outcome, each.now.detail)}"
            yield from _findings(each.now.findings)
        if each.now is None and not each.why_not:
            yield f"  {each.id}  gone: there is no such check any more"
    for why in dict.fromkeys(each.why_not for each in unable):
        yield f"  can't be replayed, {why}: {', '.join(each.id for each in unable if each.why_not == why)}"


def _difference(said: Said) -> Iterator[str]:
    then, now = said.then, said.now
    if then is None or now is None:
        return
    yield f"  {said.id}  then {_outcome(then.outcome, then.detail)}, now {_outcome(now.outcome, now.detail)}"
    if now.detail:
        yield f"    {now.detail}"
    yield from _findings(_new(then.findings, now.findings))
    for each in _new(now.findings, then.findings):
        yield f"    no longer: {each.found}"


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    for each in findings:
        yield f"    now: {each.found}"
