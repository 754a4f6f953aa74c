"""What the target template needs to be allowed is allowed: IAM resources, names of their own, macros.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, tell
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.facts.known import Known, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.capabilities import missing, needed
from upgrade.template.macros import macros


@check(
    id="capabilities-are-granted",
    title="The capabilities that the target template needs are granted",
    severity=Severity.BLOCKER,
    why="CloudFormation refuses a template that makes IAM resources or runs macros unless that is granted in so many words.",
    remedy="Look at what asks for it, then grant it in stacks.toml.",
    requirements=("URS-14",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html",),
)
def check_capabilities_are_granted(before: Snapshot, entry: StackEntry, product: Product) -> None:
    granted = product.capabilities if entry.capabilities is None else entry.capabilities
    # CloudFormation asks for them itself when the change set is made, so a template that can't be read stops nothing here.
    nested = before.nested_targets.value if isinstance(before.nested_targets, Known) else {}
    untold = [_untold(each, path) for path, each in nested.items() if isinstance(each, Unknown)]
    if isinstance(before.nested_targets, Unknown):
        untold.append(_untold(before.nested_targets))
    needs = needed(before.target.value)
    for path, template in nested.items():
        inside = needed(template.value) if isinstance(template, Known) else {}
        needs = {**{each: f"{reason}, in nested stack {path}" for each, reason in inside.items()}, **needs}
    line = ", ".join(f'"{each}"' for each in sorted({*granted, *needs}))
    fail(
        [
            Finding(
                found=f"capability {capability} is not granted, and the target template needs it: {reason}",
                expected=f"{capability} among the granted capabilities",
                remedy=f"look at what asks for it; if that is all right, write under [stacks.{entry.name}]",
                property="capabilities",
                paste=f"capabilities = [{line}]",
            )
            for capability, reason in missing(needs, granted).items()
        ],
        untold,
    )
    if called := macros(before.target.value):
        tell(
            f"when the change set is made CloudFormation runs code that may write the template anew: {', '.join(called)}"
        )


def _untold(why: Unknown, path: str = "") -> Finding:
    what = f"nested stack {path}" if path else "nested stacks"
    return Finding(
        found=f"which capabilities the template of {what} needs is not known ({why})",
        expected="a template that can be read",
        remedy="allow s3:GetObject of it to the reading role, or look by hand what it needs",
        logical_id=path,
        property="capabilities",
    )
