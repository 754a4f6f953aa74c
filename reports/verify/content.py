"""Whether a record agrees with itself and with what lies beside it: nothing left out, and the verdict follows from it."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import PurePosixPath
from xml.etree.ElementTree import ParseError, fromstring

from reports.chain import parse as parse_chain
from reports.record import Check, Format, Record
from reports.verify.bundle import Bundle
from reports.verify.steps import Step, holds, judged, not_checked
from reports.views import EVENTS, JUNIT, MANIFEST, PLAN, STRICT
from upgrade.catalogue import CHECKS, CheckInfo, Outcome, Phase
from upgrade.code import checks_sha256
from upgrade.facts.changes import PREFIX
from upgrade.facts.journal import Act
from upgrade.facts.operation import Ending, Operation
from upgrade.gate.decision import Happened, decide, stops
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import wants
from upgrade.rules.bound import digest

ELEMENTS = {Outcome.FAIL: "failures", Outcome.ERROR: "errors", Outcome.NOT_RUN: "errors"}
SKIPPED = frozenset({Outcome.NOT_APPLICABLE, Outcome.WAIVED, Outcome.DEFERRED, Outcome.BLOCKED})


def steps(bundle: Bundle) -> Iterator[Step]:
    """Every step."""
    record = bundle.record
    if record is None:
        yield judged("record", [bundle.why], "")
        return
    yield holds("record", f"{record.format}, run {record.run.id}")
    yield _complete(record, bundle)
    yield _totals(record)
    yield _verdict(record)
    for file in (JUNIT, STRICT):
        if file in bundle.sums or file == JUNIT:
            yield _junit(record, bundle, file)
    yield _journal(record, bundle)
    yield _plan(record, bundle)


def entries(record: Record) -> tuple[Entry, ...]:
    """The ledger again."""
    return tuple(map(_entry, record.checks))


def _entry(check: Check) -> Entry:
    known = {each.name: getattr(check, each.name) for each in fields(CheckInfo)}
    return Entry(
        CheckInfo(**known), check.outcome, check.findings, check.detail, check.started, check.seconds, check.reads
    )


def _complete(record: Record, bundle: Bundle) -> Step:
    """Every check that the manifest requires of this mode is there, and no other but the user's own."""
    text = bundle.text(MANIFEST)
    if not text and record.format is Format.V1:
        return not_checked("complete", "written by a version of Plimsoll that kept no list of required checks")
    try:
        rows = tomllib.loads(text)["checks"]
        required = {str(row["id"]): Phase(row["phase"]) for row in rows}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return judged("complete", [f"{MANIFEST} can't be read: {error}"], "")
    wanted = {id_ for id_, phase in required.items() if wants(record.run.mode, id_, phase)}
    ids = [check.id for check in record.checks]
    problems = [f"check {id_} is required and is not there" for id_ in sorted(wanted - set(ids))]
    problems += [f"check {id_} is there twice" for id_, number in Counter(ids).items() if number > 1]
    problems += [
        f"check {check.id} is none of the manifest's"
        for check in record.checks
        if check.id not in wanted and check.file.startswith("checks/")
    ]
    problems += _shipped(record, text)
    return judged("complete", problems, f"all {len(wanted)} checks that mode {record.run.mode} requires are there")


def _shipped(record: Record, text: str) -> list[str]:
    """Where this checkout has the very checks of the run, its manifest must be the bundle's."""
    ours = (CHECKS / "manifest.toml").read_text(encoding="utf-8")
    differs = text != ours and record.environment.get("checks_sha256") == checks_sha256()
    return [f"{MANIFEST} is not the one that Plimsoll ships"] if differs else []


def _totals(record: Record) -> Step:
    counted = {**dict.fromkeys(Outcome, 0), **Counter(check.outcome for check in record.checks)}
    told = {outcome: record.totals.get(outcome, 0) for outcome in Outcome}
    problems = [
        f"{told[outcome]} checks are told as {outcome}, there are {counted[outcome]}"
        for outcome in Outcome
        if told[outcome] != counted[outcome]
    ]
    problems += [
        f"check {check.id} says that it {'stops' if check.stops else 'does not stop'}, which is not so"
        for check, entry in zip(record.checks, entries(record), strict=True)
        if check.stops != stops(entry)
    ]
    return judged("totals", problems, f"{len(record.checks)} checks, counted by outcome as the record says")


def _verdict(record: Record) -> Step:
    """The verdict once more, from what each check said and what became of the update."""
    if record.basis is None:
        return not_checked("verdict", "a record of this version does not tell all that its verdict rests on")
    happened = Happened(
        mode=record.run.mode, entries=entries(record), operation=record.operation, **record.basis.model_dump()
    )
    decision, told = decide(happened), record.conclusion
    problems = []
    if (decision.verdict, decision.without_waivers) != (told.verdict, told.without_waivers):
        problems.append(f"the checks and the update make {decision.verdict}, the record says {told.verdict}")
    elif decision.exit_code != told.exit_code:
        problems.append(
            f"the exit code of {decision.verdict} is {decision.exit_code}, the record says {told.exit_code}"
        )
    return judged("verdict", problems, f"{told.verdict}, exit code {told.exit_code}: computed again from the checks")


def _junit(record: Record, bundle: Bundle, file: str) -> Step:
    text = bundle.text(file)
    if "<!DOCTYPE" in text:  # nobody's entities are looked into
        return judged(PurePosixPath(file).stem, [f"{file} has a document type, which ours never has"], "")
    try:
        suites = fromstring(text)  # noqa: S314  # see above
    except ParseError as error:
        return judged(PurePosixPath(file).stem, [f"{file} is no XML: {error}"], "")
    suite = suites.find("testsuite")
    if suite is None:
        return judged(PurePosixPath(file).stem, [f"{file} has no suite"], "")
    expected = Counter(ELEMENTS[check.outcome] for check in record.checks if check.outcome in ELEMENTS)
    expected["skipped"] = sum(check.outcome in SKIPPED for check in record.checks)
    expected["tests"] = len(record.checks)
    problems = [
        f"{file} tells {suite.get(what)} {what}, the record {expected[what]}"
        for what in ("tests", "failures", "errors", "skipped")
        if suite.get(what) != str(expected[what])
    ]
    cases = [case.get("name", "").rpartition(" ")[2] for case in suite.iter("testcase")]
    if sorted(cases) != sorted(check.id for check in record.checks):
        problems.append(f"{file} names other checks than the record")
    return judged(PurePosixPath(file).stem, problems, "names and totals are the record's")


def _journal(record: Record, bundle: Bundle) -> Step:
    executed = record.operation is not None and record.operation.ending is not Ending.REFUSED
    ours = executed and record.operation is not None and _is_ours(record, record.operation)
    content, lost = bundle.content(EVENTS), record.basis.not_kept if record.basis else ""
    if lost:
        return not_checked("journal", f"the record says that it is not whole: {lost}")
    if content is None:
        return judged(
            "journal", [f"{EVENTS} is missing, and an update was executed"] if ours else [], "nothing was asked for"
        )
    read = parse_chain(content)
    problems = [f"{EVENTS}: {read.broken}"] if read.broken else []
    tokens = {each.told.get("token") for each in read.records if each.act is Act.INTENT}
    if ours and not problems and record.operation is not None and record.operation.token not in tokens:
        problems.append(f"{EVENTS} does not tell of the update that the record tells")
    return judged("journal", problems, f"{len(read.records)} lines, each chained to the one before")


def _is_ours(record: Record, operation: Operation) -> bool:
    """Whether this run, or the one whose update it has taken up, has executed it; `--verify` judges those of others."""
    return operation.token.startswith(
        (f"{PREFIX}{record.run.id}", f"{PREFIX}{operation.adopted_from or record.run.id}")
    )


def _plan(record: Record, bundle: Bundle) -> Step:
    content = bundle.content(PLAN)
    if record.plan_file is None:
        return judged(
            "plan", [f"{PLAN} is there, and the record knows none"] if content is not None else [], "there is none"
        )
    try:
        told = json.loads(content or b"")
    except (ValueError, RecursionError):
        return judged("plan", [f"{PLAN} is missing or no JSON"], "")
    problems = [] if digest(told) == record.plan_file else [f"{PLAN} is not the plan of the record"]
    return judged("plan", problems, f"{PLAN} is the plan that the record names")
