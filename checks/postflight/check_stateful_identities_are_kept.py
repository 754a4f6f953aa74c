"""Every resource that held data before is the same resource afterwards.

An update can end well and still have exchanged a resource: the physical id is the proof.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.product import Product
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.stateful import is_stateful


@check(
    id="stateful-identities-are-kept",
    title="Every resource that holds data has the physical id it had before",
    severity=Severity.BLOCKER,
    why="A resource with a new physical id is a new, empty resource; the data stayed with the old one.",
    remedy="Keep users out; find the old resource by its physical id before anything deletes it; call the vendor.",
    requirements=("URS-30",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",),
    compares_baseline=True,
)
def check_stateful_identities_are_kept(before: Snapshot, after: Snapshot, product: Product) -> None:
    template = before.template.value
    held = [r for r in before.resources.value if is_stateful(r.logical_id, r.type, template, product)]
    if not held:
        not_applicable("no resource of this stack is known to hold data")
    now = {resource.logical_id: resource.physical_id for resource in after.resources.value}
    fail(
        [
            Finding(
                found=f"{resource.logical_id} is now {now.get(resource.logical_id) or 'gone'}, it was {resource.physical_id}",
                expected=f"{resource.physical_id}, as before",
                remedy="keep users out, find the old resource before anything deletes it, and call the vendor",
                logical_id=resource.logical_id,
                physical_id=resource.physical_id,
            )
            for resource in held
            if now.get(resource.logical_id) != resource.physical_id
        ]
    )
