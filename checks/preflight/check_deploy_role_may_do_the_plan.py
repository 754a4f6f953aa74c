"""The role CloudFormation will use may do what the plan certainly needs, as far as IAM's simulator can tell.

It stops an upgrade only where it is sure. Which permissions a change takes, only its service knows: the lists in the
schemas are unions over all properties, and a policy may hang on resources and conditions of the real call.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
"""

from collections.abc import Iterable, Mapping

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, tell
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.known import Fact
from upgrade.facts.permissions import ALLOWED, DENIED, Permissions, Simulated
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.permissions import left_open, needed, passed, perhaps


@check(
    id="deploy-role-may-do-the-plan",
    title="Nothing that the plan certainly needs is denied to the role CloudFormation will use",
    severity=Severity.BLOCKER,
    why="CloudFormation meets a denial half-way through the update, and rolls back what it has done.",
    remedy="Have the denial lifted, or give the stack a role without it.",
    requirements=("URS-04",),
    references=("https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html",),
)
def check_deploy_role_may_do_the_plan(before: Snapshot, plan: Fact[Plan]) -> None:
    held = before.permissions.value
    if held is None:
        not_applicable("CloudFormation uses the permissions of who executes, which is neither a role nor a user")
    if not held.exists:
        fail([_finding(held, "does not exist", "create it again under the same ARN: the stack keeps using it")])
    changes, needs, may = plan.value.changes, needed(plan.value.changes), perhaps(plan.value.changes)
    denied = {action: why for action, answer in held.actions.items() if action in may and (why := _denied(answer))}
    said = {
        action: _finding(held, f"may not do {action}: {why}", _REMEDIES[why], may[action])
        for action, why in denied.items()
    }
    findings = [finding for action, finding in said.items() if action in needs]
    warnings = [finding for action, finding in said.items() if action not in needs]
    passes = passed(plan.value, before.resources.value, held.principal)
    findings += [
        _finding(held, f"may not pass role {role} to {' or '.join(filter(None, answers)) or 'any service'}", _PASS)
        for role, answers in held.passes.items()
        if role in passes and _unpassable(answers)
    ]
    fail(findings, warnings)
    allowed = [action for action in needs if action in held.actions and held.actions[action].decision == ALLOWED]
    rest = ", ".join(f"{service} {count}" for service, count in left_open(changes, allowed).items())
    tell(
        f"certainly allowed: {', '.join(sorted(allowed)) or 'nothing'}; not known before the update, number of actions by service: {rest or 'none'}"
    )


_POLICY, _ORGANIZATION = "a policy denies it", "the organization denies it"
_REMEDIES = {
    _POLICY: "take the denial out of the policy, or narrow it",
    _ORGANIZATION: "ask who administers the organization's policies for an exception",
}
_PASS = "allow iam:PassRole on that role, to that service"  # noqa: S105  # not a password


def _denied(said: Simulated) -> str:
    """Why an action is denied for certain; empty where it is not."""
    if not said.by_organization:
        return _ORGANIZATION
    return _POLICY if said.decision == DENIED and not said.missing else ""


def _unpassable(said: Mapping[str, Simulated]) -> bool:
    """Whether a role can be passed to none of the services that may assume it."""
    return bool(said) and all(each.decision != ALLOWED and not each.missing for each in said.values())


def _finding(held: Permissions, found: str, remedy: str, changes: Iterable[ResourceChange] = ()) -> Finding:
    names = sorted(change.logical_id for change in changes)
    needed_by = f"; the change of {', '.join(names)} needs it" if names else ""
    return Finding(
        found=f"{held.principal} {found}{needed_by}",
        expected="that CloudFormation may do all that the plan needs",
        remedy=remedy,
        logical_id=names[0] if len(names) == 1 else "",
        physical_id=held.principal,
    )
