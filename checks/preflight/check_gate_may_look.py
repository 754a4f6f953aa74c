"""Every read that the gate needs is allowed.

What can't be read can't be judged, so a denial is never a failed check: it is that the gate could not tell. All of them
are named at once, with the lines to add to the reading role's policy.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html
"""

import json
from collections.abc import Iterable

from upgrade.catalogue import Finding, Severity, cannot_tell, check
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.config.target import S3Object, locate
from upgrade.facts.snapshot import Snapshot

OBJECTS = "s3:GetObject"
"""Of objects only those that are templates are to be read: whose they all are, a policy must not say."""


@check(
    id="gate-may-look",
    title="Every read that the gate needs is allowed",
    severity=Severity.BLOCKER,
    why="A gate that may not look would have to guess, and a guess is no reason to touch production.",
    remedy="Add the named actions to the policy of the reading role; docs/iam-policy.json holds all of them.",
    requirements=("URS-24",),
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",),
)
def check_gate_may_look(before: Snapshot, entry: StackEntry, product: Product) -> None:
    reader = before.identity.value.arn
    if not before.denied:
        return
    objects = [action for action in before.denied if action.startswith(OBJECTS)]
    others = [action for action in before.denied if action not in objects]
    lines = [_allow(others, "*")] if others else []
    if objects and (template := _template(entry, product, reader.split(":")[1])):
        lines.append(_allow(objects, template))
    cannot_tell(
        [
            Finding(
                found=f"denied: {', '.join(before.denied)}",
                expected=f"that {reader}, and whoever reads the linked stacks, may do this",
                remedy="add this to the policy of the role that reads; where it is there already, a permissions boundary or "
                "a policy of the organization takes it away",
                paste=",\n".join(lines),
            )
        ]
    )


def _allow(actions: Iterable[str], resource: str) -> str:
    return json.dumps({"Effect": "Allow", "Action": list(actions), "Resource": resource})


def _template(entry: StackEntry, product: Product, partition: str) -> str:
    """ARN of the target template; empty where it is not in S3."""
    address = entry.template_url or (product.address(entry.target) if entry.target else None)
    place = locate(address) if address else None
    return f"arn:{partition}:s3:::{place.bucket}/{place.key}" if isinstance(place, S3Object) else ""
