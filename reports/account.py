"""Who made the change, for what, and when by whose clock: from what a run left to the record's provenance. Pure."""

from collections.abc import Mapping
from typing import Any

from reports.provenance import Attempt, Basis, Change, Clock, People, Retention, Stated, provided
from upgrade.catalogue import Outcome
from upgrade.facts.call import Call
from upgrade.facts.known import Known
from upgrade.facts.operation import Ending
from upgrade.gate.decision import APPROVAL
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Mode
from upgrade.rules.bound import digest

_ELSEWHERE = "Plimsoll is told the change id alone: see the system in which the change was requested"
OBJECTIVES = {
    Mode.GATE: "whether this stack may be upgraded now",
    Mode.AHEAD: "a plan of this upgrade that can be reviewed and approved",
    Mode.READ_ONLY: "whether anything stands in the way of this upgrade, without a change set",
    Mode.REJUDGE: "whether the reviewed plan may be executed now",
    Mode.UPGRADE: "to upgrade this stack if it may be, and to find out whether the upgrade is what was planned",
    Mode.VERIFY: "whether an upgrade that was made by other means is what was planned",
    Mode.RECOVER: "to bring the stack back to rest from a failed rollback",
}
"""What a run of each mode is for."""

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
        "rollback_tested": _rollback_tested(evidence),
        "objective": OBJECTIVES[evidence.mode],
        "parameters_sha256": _parameters(evidence),
        "retention": _retention(evidence.configuration.get("evidence")),
        "closure": provided("", "a change is reviewed and closed after its evidence was written"),
        "basis": _basis(evidence),
    }


def _rollback_tested(evidence: Evidence) -> Stated:
    if evidence.operation is not None and evidence.operation.ending is Ending.ROLLED_BACK:
        return provided("by this run: CloudFormation has restored the old state", "")
    return provided("", "Plimsoll tries no rollback that is not needed")


def _parameters(evidence: Evidence) -> str:
    plan = evidence.plan
    return digest(dict(plan.value.parameters)) if isinstance(plan, Known) else ""


def _retention(configured: object) -> Retention:
    told = configured if isinstance(configured, Mapping) else {}
    kept = "" if told.get("archive") else "no archive is configured: the evidence is kept where it was written"
    named = {"archive": "archive", "days": "retain_days", "mode": "object_lock_mode"}
    return Retention(
        **{
            name: provided(str(told.get(key) or ""), kept or f"evidence.{key} is not configured")
            for name, key in named.items()
        }
    )


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
