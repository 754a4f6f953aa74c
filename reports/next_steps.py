"""What is left for people to do after a run, from its verdict and mode: the same words wherever it is told. Pure."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from reports.record import Record
from reports.text import count, one_line, sentence
from reports.told import blockers, warnings
from upgrade.catalogue import Outcome
from upgrade.facts.operation import Ending
from upgrade.gate.mode import Mode, Verdict

MODES = frozenset({"--upgrade", "--ahead", "--read-only", "--verify", "--recover", "--cancel-on-timeout"})
"""Options that say what to do, not with what."""

OF_ONE_RUN = ("--plan", "--approval", "--baseline", "--skip", "--acknowledge")
"""Options whose value belongs to the run they were given to."""

MAINTENANCE, LEFT = "maintenance-is-over", "left for people: "
"""The check that tells what people do after an upgrade, and the words behind which it does."""

MAINTENANCE_MODE = "maintenance_mode"
"""What somebody has said who has switched it on."""


SOON_TOLD = 3
"""Remedies that are told one by one; more of them stand with their blockers alone."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person does."""

    do: str
    """A sentence. It may hold text from AWS."""
    paste: str = ""
    """The command for it; empty where there is none."""


def next_steps(record: Record) -> tuple[Step, ...]:
    """What to do now, in this order; never empty."""
    return tuple(_STEPS[record.conclusion.verdict](record)) or (Step("Nothing is left to do."),)


def command(record: Record, *options: str) -> str:
    """The command of this run with another mode; what was said for this run alone is left out."""
    kept: list[str] = []
    words = iter(record.run.command)
    for word in words:
        if word in OF_ONE_RUN:
            next(words, None)
        elif word not in MODES and not word.startswith(tuple(f"{option}=" for option in OF_ONE_RUN)):
            kept.append(word)
    return shlex.join(kept) + "".join(f" {option}" for option in options)


def _again(record: Record) -> str:
    return shlex.join(record.run.command)


def _go(record: Record) -> Iterator[Step]:
    if record.run.mode is Mode.READ_ONLY:
        yield Step("No change set was made. Before the upgrade, judge once more with one.", command(record))
        return
    if record.run.mode is Mode.REJUDGE:
        yield Step("Execute the plan.", f"{_again(record)} --upgrade")
    elif _approvals(record):
        yield from _reviewed(record)
    else:
        yield Step("Upgrade: the same command judges once more, then executes.", f"{_again(record)} --upgrade")


def _reviewed(record: Record) -> Iterator[Step]:
    number = _approvals(record)
    whose = f"reviewed and approved by {count(number, 'person').replace('persons', 'people')}" if number else "reviewed"
    yield Step(
        f"Have data/plan.json of this evidence {whose}.",
        "python -m upgrade approve data/plan.json --name=NAME --key=PEM" if number else "",
    )
    options = ["--upgrade", "--plan=PATH/data/plan.json", *["--approval=FILE"] * number]
    yield Step("When the window begins, execute that plan.", command(record, *options))


def _approvals(record: Record) -> int:
    change = record.subject.configuration.get("change")
    number = change.get("require_approvals") if isinstance(change, Mapping) else 0
    return number if isinstance(number, int) else 0


def _done(record: Record) -> Iterator[Step]:
    for check in record.checks:
        if check.id == MAINTENANCE and check.outcome is Outcome.WARN:
            yield Step("End maintenance mode, and see to what the warning lists as left for people.")
            yield Step("Then say so.", command(record, "--verify", "--acknowledge=maintenance_over"))
        elif check.id == MAINTENANCE and check.detail:
            *_, left = check.detail.partition(LEFT)
            yield from (Step(sentence(each)) for each in left.split("; ") if each)
    if warnings(record).number:
        yield Step(f"Read {count(warnings(record).number, 'warning')}: what they tell stops nothing.")
    yield from _closed(record)


def _closed(record: Record) -> Iterator[Step]:
    if record.review.change_id:
        yield Step(f"Close {record.review.change_id} with this evidence.")


def _no_go(record: Record) -> Iterator[Step]:
    yield from _mend(record)
    yield Step("Run the same command again.", _again(record))


def _mend(record: Record) -> Iterator[Step]:
    """What to do about each blocker, if that is soon told; what was found is told with it where there are several."""
    remedies = list(dict.fromkeys(_remedies(record)))
    if not 0 < len(remedies) <= SOON_TOLD:
        number = blockers(record).number
        whose = "the blocker" if number == 1 else f"each of the {number} blockers"
        yield Step(f"Do what is told below for {whose}.")
        return
    for found, remedy, paste in remedies:
        yield Step(
            f"{one_line(found).rstrip('.')}. {sentence(remedy)}" if len(remedies) > 1 else sentence(remedy), paste
        )


def _remedies(record: Record) -> Iterator[tuple[str, str, str]]:
    """What was found, what to do, and what to paste."""
    standing = blockers(record)
    for check in standing.checks:
        findings = [finding for finding in check.findings if finding.blocking and finding.remedy]
        yield from ((finding.found, finding.remedy, finding.paste) for finding in findings)
        if not findings:
            yield check.detail or check.title, check.remedy, ""
    yield from (("; ".join(cause.causes), cause.remedy, cause.paste) for cause in standing.causes)


def _refused(record: Record) -> Iterator[Step]:
    yield Step("Nothing was executed. Mend what the sentence above names.")
    if record.review.plan_sha256:
        yield Step("Where stack or target have moved, plan anew and have that reviewed.", command(record, "--ahead"))
        yield Step(
            "Where only an approval is missing, run the same command with it.", f"{_again(record)} --approval=FILE"
        )
    else:
        yield Step("Run the same command again.", _again(record))


def _rolled_back(record: Record) -> Iterator[Step]:
    yield Step("The old version is back: see in the sentence above whether it is healthy.")
    yield from _cause(record)
    yield Step("Judge again before the next attempt.", command(record))
    if any(said.id == MAINTENANCE_MODE for said in record.review.acknowledgements):
        yield Step("End maintenance mode if that attempt is not made at once.")


def _cause(record: Record) -> Iterator[Step]:
    failure = record.operation.diagnosis.cause if record.operation and record.operation.diagnosis else None
    if failure:
        yield Step(f"Mend what failed first, {failure.resource}: {failure.remedy}")
    else:
        yield Step("Find out what failed first, and mend it.")


def _needs_operator(record: Record) -> Iterator[Step]:
    yield Step("Start no other update: the stack takes none in this state.")
    diagnosis = record.operation.diagnosis if record.operation else None
    stuck = diagnosis.not_undone if diagnosis else ()
    for failure in stuck:
        yield Step(f"Mend what could not be taken back, {failure.resource}: {failure.remedy}")
    if not stuck:
        yield from _cause(record)
    on = "If the stack is in UPDATE_ROLLBACK_FAILED, continue its rollback (docs/recover.md)."
    yield Step(on, command(record, "--recover"))


def _unknown(record: Record) -> Iterator[Step]:
    yield Step("The update may still be running: start no other one.")
    yield Step(
        "Run the same command again: it takes the update up, watches it to its end and judges it.", _again(record)
    )


def _unhealthy(record: Record) -> Iterator[Step]:
    yield from _mend(record)
    yield Step("Judge again, without another update.", command(record, "--verify"))
    yield from _closed(record)


def _recovered(record: Record) -> Iterator[Step]:
    yield Step("The stack is at rest with the old version: find out why the upgrade failed, and mend that.")
    yield Step("Judge again before the next attempt.", command(record))


def _interrupted(record: Record) -> Iterator[Step]:
    if record.operation and record.operation.ending is Ending.UNKNOWN:
        yield from _unknown(record)
    else:
        yield Step("Run the same command again.", _again(record))


def _nothing(record: Record) -> Iterator[Step]:
    yield Step("The stack already is what was asked for: nothing has to be upgraded.")
    yield from _closed(record)


_STEPS: Mapping[Verdict, Callable[[Record], Iterator[Step]]] = {
    Verdict.GO: _go,
    Verdict.PLANNED: _reviewed,
    Verdict.UPGRADED: _done,
    Verdict.VERIFIED: _done,
    Verdict.RECOVERED: _recovered,
    Verdict.NOTHING_TO_DO: _nothing,
    Verdict.NO_GO: _no_go,
    Verdict.CANNOT_TELL: _no_go,
    Verdict.REFUSED: _refused,
    Verdict.ROLLED_BACK: _rolled_back,
    Verdict.NEEDS_OPERATOR: _needs_operator,
    Verdict.UNKNOWN: _unknown,
    Verdict.UNHEALTHY: _unhealthy,
    Verdict.INTERRUPTED: _interrupted,
}
