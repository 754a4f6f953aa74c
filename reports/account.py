"""Who made the change, for what, and when by whose clock: from what a run left to the record's provenance. Pure."""

from typing import Any

from reports.provenance import Attempt, Basis, Change, Clock, People, Stated, provided
from upgrade.catalogue import Outcome
from upgrade.facts.call import Call
from upgrade.facts.known import Known
from upgrade.facts.operation import Ending
from upgrade.gate.decision import APPROVAL
from upgrade.gate.evidence import Evidence

_ELSEWHERE = "Plimsoll is told the change id alone: see the system in which the change was requested"
_EXECUTES = frozenset({"ExecuteChangeSet", "ContinueUpdateRollback"})


def of(evidence: Evidence, attempts: tuple[Attempt, ...]) -> dict[str, Any]:
    """The parts of the record by name."""
    return {
        "change": _change(evidence),
        "people": _people(evidence, attempts),
        "clock": _clock(evidence.skew),
        "rollback_plan": provided(
            evidence.bound.rollback_plan if evidence.bound else "", "this run has no plan that may be executed"
        ),
        "basis": _basis(evidence),
    }


def _change(evidence: Evidence) -> Change:
    unsaid = dict.fromkeys(set(Change.model_fields) - {"id"}, provided("", _ELSEWHERE))
    return Change(id=provided(evidence.review.change_id, "no --change-id= was given"), **unsaid)


def _people(evidence: Evidence, attempts: tuple[Attempt, ...]) -> People:
    approvals = [each for each in evidence.review.approvals if each.authenticated and not each.problem]
    executed = next((call for call in evidence.calls if call.operation in _EXECUTES and call.outcome == "ok"), None)
    return People(
        author=_author(evidence, attempts),
        approvers=tuple(each.name for each in approvals),
        executor=_executor(evidence, executed, attempts),
        runners=tuple(dict.fromkeys([*filter(None, [_caller(evidence)]), *evidence.review.runners])),
        reviewer=provided("", "evidence is reviewed after it was written"),
        separate=_separate(evidence),
        approved_first=all(each.at is not None and each.at < executed.at for each in approvals)
        if approvals and executed
        else None,
    )


def _author(evidence: Evidence, attempts: tuple[Attempt, ...]) -> Stated:
    if evidence.bound is None:
        return provided("", "this run has no plan that may be executed")
    run = evidence.bound.run
    return _caller_of(run, evidence, attempts, f"the plan was made by run {run}, whose evidence does not lie here")


def _executor(evidence: Evidence, executed: Call | None, attempts: tuple[Attempt, ...]) -> Stated:
    operation = evidence.operation
    if operation is None or operation.ending is Ending.REFUSED:
        return provided("", "nothing was executed")
    if operation.adopted_from:
        run = operation.adopted_from
        return _caller_of(run, evidence, attempts, f"executed by run {run}, whose evidence does not lie here")
    return provided(_caller(evidence) if executed else "", "this run has seen an update that it did not execute")


def _caller_of(run: str, evidence: Evidence, attempts: tuple[Attempt, ...], why: str) -> Stated:
    if run == evidence.run_id:
        return provided(_caller(evidence), "who asks could not be read")
    return provided(next((each.caller for each in attempts if each.run == run), ""), why)


def _caller(evidence: Evidence) -> str:
    identity = evidence.before.identity if evidence.before else None
    return identity.value.arn if isinstance(identity, Known) else ""


def _separate(evidence: Evidence) -> Stated:
    said = next((entry for entry in evidence.entries if entry.check.id == APPROVAL), None)
    if said is None or said.outcome not in {Outcome.PASS, Outcome.FAIL, Outcome.WARN, Outcome.WAIVED}:
        return provided(
            "", f"check {APPROVAL} has not judged it: {said.detail if said else 'it is not part of the run'}"
        )
    told = said.detail or "; ".join(finding.found for finding in said.findings)
    return provided(f"{said.outcome}{f': {told}' if told else ''}", "")


def _clock(skew: float | None) -> Clock:
    if skew is None:
        return Clock(skew_seconds=None, told="no answer told the time: times are this machine's, unchecked")
    return Clock(skew_seconds=round(skew, 3), told="compared with the Date header of the first answer, whole seconds")


def _basis(evidence: Evidence) -> Basis | None:
    if evidence.happened is None:
        return None
    return Basis.model_validate({name: getattr(evidence.happened, name) for name in Basis.model_fields})
