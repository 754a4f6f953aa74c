"""The change has its id and its approvals, where the change process asks for them.

An approval names the digest of one plan.json and nothing else: that of another plan, an unsigned one or the runner's own
counts for nothing.
"""

from collections.abc import Iterable

from upgrade.catalogue import Finding, Severity, When, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.facts.review import Approval, Review
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.approvals import is_runner, person


@check(
    id="change-is-approved",
    title="The change has its id and enough approvals of this very plan",
    severity=Severity.BLOCKER,
    when=When.START,
    why="A change nobody approved, or approved in another form, is what an auditor looks for first.",
    remedy="Plan with --ahead, have the plan.json approved, then name it and the approvals.",
    requirements=("URS-19",),
    references=("https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md",),
)
def check_change_is_approved(before: Snapshot, entry: StackEntry, review: Review) -> None:
    change = entry.change
    if not change.require_change_id and not change.require_approvals:
        not_applicable("neither a change id nor approvals are asked for")
    findings = [] if review.change_id or not change.require_change_id else [_no_change_id()]
    warnings: list[Finding] = []
    if change.require_approvals:
        runners = (before.identity.value.arn, before.executor.value.arn, *review.runners)
        problems = {approval.file: _problem(approval, review, entry, runners) for approval in review.approvals}
        counted = {person(a.name): a.name for a in review.approvals if not problems[a.file]}
        if len(counted) < change.require_approvals:
            findings.append(_too_few(counted.values(), review, entry))
        told = findings if len(counted) < change.require_approvals else warnings
        told += [_unusable(file, problem) for file, problem in problems.items() if problem]
        warnings += [_asserted(a) for a in review.approvals if not problems[a.file] and not a.authenticated]
    fail(findings, warnings)


def _problem(approval: Approval, review: Review, entry: StackEntry, runners: Iterable[str]) -> str:
    """Why an approval does not count; empty if it does."""
    approvers = entry.change.approvers
    if approval.problem:
        return f"it {approval.problem}"
    if not review.plan_sha256 or approval.plan_sha256 != review.plan_sha256:
        return f"it is for another plan (sha256 {approval.plan_sha256}, this one has {review.plan_sha256 or 'none'})"
    if not person(approval.name) or (approvers and approval.name not in approvers):
        return f"{approval.name!r} is none of the approvers"
    if not approval.authenticated and (approval.signed or not entry.change.unsigned_approvals):
        return f"it is not signed with the key of {approval.name!r}"
    if is_runner(approval, runners):
        return f"{approval.name} runs this upgrade and can't approve it as well"
    return ""


def _no_change_id() -> Finding:
    return Finding(
        found="no change id was given",
        expected="the id of the change this upgrade belongs to",
        remedy="add it to the command",
        property="change.require_change_id",
        paste="--change-id=…",
    )


def _too_few(counted: Iterable[str], review: Review, entry: StackEntry) -> Finding:
    people, approvers = sorted(counted), sorted(entry.change.approvers)
    names = f" ({', '.join(people)})" if people else ""
    plan = f"plan {review.plan_sha256}" if review.plan_sha256 else "this run, which has no plan that could be approved"
    return Finding(
        found=f"{len(people)} of {entry.change.require_approvals} approvals{names} for {plan}",
        expected=f"{entry.change.require_approvals}, by different people"
        + (f" of: {', '.join(approvers)}" if approvers else ""),
        remedy="plan with --ahead, have the plan.json approved, then run with --plan=PATH --approval=FILE",
        property="change.require_approvals",
    )


def _unusable(file: str, problem: str) -> Finding:
    return Finding(
        f"approval {file} does not count: {problem}",
        "an approval of this plan by an approver",
        "ask the approver for a new one",
    )


def _asserted(approval: Approval) -> Finding:
    return Finding(
        found=f"approval {approval.file} is not signed: nobody can check that it is of {approval.name}",
        expected="a signed approval",
        remedy="have it signed, and set unsigned_approvals to false",
        property="change.unsigned_approvals",
    )
