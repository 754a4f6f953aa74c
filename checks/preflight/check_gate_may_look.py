"""Every read that the gate needs is allowed.

What can't be read can't be judged, so a denial is never a failed check: it is that the gate could not tell. All of them
are named at once, with the lines to add to the reading role's policy.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html
"""

import json

from upgrade.catalogue import Finding, Severity, cannot_tell, check
from upgrade.facts.snapshot import Snapshot


@check(
    id="gate-may-look",
    title="Every read that the gate needs is allowed",
    severity=Severity.BLOCKER,
    why="A gate that may not look would have to guess, and a guess is no reason to touch production.",
    remedy="Add the named actions to the policy of the reading role.",
    requirement="The gate can judge everything it has to judge",
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",),
)
def check_gate_may_look(before: Snapshot) -> None:
    reader = before.identity.value.arn
    if not before.denied:
        return
    statement = {"Effect": "Allow", "Action": list(before.denied), "Resource": "*"}
    cannot_tell(
        [
            Finding(
                found=f"denied: {', '.join(before.denied)}",
                expected=f"that {reader}, and who reads the linked stacks, may do that",
                remedy="add this statement to the policy of the role that reads; where it is there already, a permissions "
                "boundary or a policy of the organization takes it away",
                paste=json.dumps(statement),
            )
        ]
    )
