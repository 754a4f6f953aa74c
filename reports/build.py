"""From what a run left to its record: pure, and the only place that derives one part of it from another."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from reports import account
from reports.integrity import NOT_SEALED, Integrity
from reports.part import not_asked
from reports.provenance import Attempt
from reports.record import (
    Check,
    Column,
    Comparison,
    Conclusion,
    Format,
    Record,
    Redaction,
    Row,
    Run,
    Subject,
    Waived,
)
from reports.state import NOT_REACHED, State, state
from upgrade import requirements
from upgrade.catalogue import Outcome
from upgrade.config.product import Product
from upgrade.facts import known
from upgrade.facts.actual import ActualChange, Compared
from upgrade.facts.call import is_aws
from upgrade.gate.decision import MEANINGS, stops
from upgrade.gate.evidence import Evidence
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Mode
from upgrade.gate.waivers import sentence
from upgrade.rules.actual import actual_changes, compare

NOT_MADE = "this run makes no change set; what it would hold is predicted (before.prediction)"

NOT_REDACTED = Redaction(policy="none", applied=False, watched=0, too_short=0, counts=())


def build(
    evidence: Evidence, product: Product, integrity: Integrity = NOT_SEALED, attempts: tuple[Attempt, ...] = ()
) -> Record:
    """The record of a run, secrets still in it if AWS put them there: `reports.redact` comes next.

    Args:
        evidence: what the run left.
        product: what its product file says.
        integrity: how the evidence will be sealed.
        attempts: earlier runs for the same stack and target, the oldest first.
    """
    endpoints = tuple(sorted({call.endpoint for call in evidence.calls if call.endpoint}))  # some never left
    before, after = state(evidence.before, product), state(evidence.after, product)
    actual, compared = _actual(evidence, before)
    required = tuple(requirements.known().values())
    record = {
        "format": Format.V2,
        "run": _run(evidence, attempts),
        "conclusion": _conclusion(evidence),
        "sandbox": is_sandbox(evidence),
        "endpoints": endpoints,
        "subject": _subject(evidence, before),
        "checks": tuple(_check(entry) for entry in evidence.entries),
        "requirements": required,
        "requirements_sha256": requirements.digest(required),
        "waivers": tuple(
            Waived(**each.waiver.model_dump(), state=each.state, ends_soon=each.ends_soon, told=sentence(each))
            for each in evidence.waivers
        ),
        "report_only": evidence.report_only,
        "review": evidence.review,
        "plan_file": evidence.bound.sha256 if evidence.bound else None,
        "totals": {**dict.fromkeys(Outcome, 0), **Counter(entry.outcome for entry in evidence.entries)},
        "before": before,
        "plan": evidence.plan or not_asked(NOT_MADE if evidence.mode is Mode.READ_ONLY else NOT_REACHED),
        "operation": evidence.operation,
        "actual": actual,
        "compared": compared,
        "after": after,
        "own_facts": evidence.own_facts,
        "parameters": _comparison(evidence, "parameters"),
        "tags": _comparison(evidence, "tags"),
        "outputs": _comparison(evidence, "outputs"),
        "calls": evidence.calls,
        "environment": evidence.environment,
        **account.of(evidence, attempts),
        "attempts": attempts,
        "integrity": integrity,
        "redaction": NOT_REDACTED,
    }
    return Record.model_validate(record, context=product)


def is_sandbox(evidence: Evidence) -> bool:
    """Whether any call went to an endpoint that is not AWS's."""
    return not all(is_aws(call.endpoint) for call in evidence.calls if call.endpoint)


def _run(evidence: Evidence, attempts: tuple[Attempt, ...]) -> Run:
    return Run(
        id=evidence.run_id,
        mode=evidence.mode,
        command=evidence.command,
        started=evidence.started,
        finished=evidence.finished,
        seconds=round((evidence.finished - evidence.started).total_seconds(), 3),
        attempt=len(attempts) + 1,
        supersedes=attempts[-1].run if attempts else "",
        plugins=evidence.plugins,
        configuration_sha256=evidence.configuration_sha256,
    )


def _conclusion(evidence: Evidence) -> Conclusion:
    decision = evidence.decision
    return Conclusion(
        verdict=decision.verdict,
        exit_code=decision.exit_code,
        sentence=decision.sentence,
        without_waivers=decision.without_waivers,
        rule=MEANINGS[decision.verdict],
    )


def _subject(evidence: Evidence, before: State) -> Subject:
    configured = evidence.configuration
    stack, identity = before.stack.value, before.identity.value
    return Subject(
        entry=evidence.entry,
        stack_name=stack.name if stack else str(configured.get("stack_name", "")),
        stack_arn=stack.arn if stack else "",
        account=identity.account if identity else str(configured.get("account_id", "")),
        region=identity.region if identity else str(configured.get("region", "")),
        caller=identity.arn if identity else "",
        product=evidence.product,
        target=evidence.target,
        configuration=_json(configured),
    )


def _json(value: object) -> Any:
    """JSON values as they are; anything else as text."""
    match value:
        case Mapping():
            return {str(name): _json(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_json(inner) for inner in value]
        case str() | int() | float() | bool() | None:
            return value
    return str(value)


def _check(entry: Entry) -> Check:
    info = {name: getattr(entry.check, name) for name in Check.model_fields if hasattr(entry.check, name)}
    return Check(
        **info,
        outcome=entry.outcome,
        stops=stops(entry),
        detail=entry.detail,
        findings=entry.findings,
        started=entry.started,
        seconds=round(entry.seconds, 3),
        reads=entry.reads,
    )


def _actual(evidence: Evidence, before: State) -> tuple[tuple[ActualChange, ...], tuple[Compared, ...]]:
    """What happened to each resource, and whether that was the plan; nothing where nothing was executed."""
    operation, plan = evidence.operation, evidence.plan
    if operation is None:
        return (), ()
    physical_ids = {resource.logical_id: resource.physical_id for resource in before.resources.value or ()}
    actual = actual_changes(operation.events, physical_ids)
    if not isinstance(plan, known.Known):
        return actual, ()
    return actual, compare(plan.value.changes, actual, plan.value.stack_arn, operation.ending)


def _comparison(evidence: Evidence, what: str) -> Comparison:
    """Compare a mapping of the stack (parameters, tags, outputs) before, planned and after."""
    facts: dict[str, known.Fact[Any] | None] = {
        "before": evidence.before.stack if evidence.before else None,
        "planned": None if what == "outputs" else evidence.plan,
        "after": evidence.after.stack if evidence.after else None,
    }
    why_not = {"planned": "a change set tells no outputs"} if what == "outputs" else {}
    sides = {side: getattr(read.value, what) if isinstance(read, known.Known) else None for side, read in facts.items()}
    return Comparison(
        **{side: _column(read, why_not.get(side, NOT_REACHED)) for side, read in facts.items()},
        rows=_rows({side: values for side, values in sides.items() if values is not None}),
    )


def _column(read: known.Fact[Any] | None, why_not: str) -> Column:
    match read:
        case known.Known():
            return Column(known=True, why="")
        case known.Unknown():
            return Column(known=False, why=str(read))
        case None:
            return Column(known=False, why=why_not)


def _rows(sides: Mapping[str, Mapping[str, str]]) -> tuple[Row, ...]:
    names = sorted({name for values in sides.values() for name in values})
    return tuple(_row(name, {side: values.get(name) for side, values in sides.items()}) for name in names)


def _row(name: str, told: Mapping[str, str | None]) -> Row:
    return Row(
        name=name,
        before=told.get("before"),
        planned=told.get("planned"),
        after=told.get("after"),
        changed=len(set(told.values())) > 1,
    )
