"""Every machine image the target launches can be launched by this account in this region.

The vendor shares images with each account by hand. From v3.8 on an image that is not shared is noticed only after
CloudFormation has torn the old machine down.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, tell
from upgrade.config.entry import StackEntry
from upgrade.facts.compute import Image
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.images import launched
from upgrade.rules.parameters import plan_parameters


@check(
    id="images-are-available",
    title="Every machine image of the target is available to this account",
    severity=Severity.BLOCKER,
    why="An image that can't be launched is noticed only when the old machine is gone.",
    remedy="Ask the vendor to share the image with this account in this region.",
    requirements=("URS-28",),
    references=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html",),
)
def check_images_are_available(before: Snapshot, entry: StackEntry) -> None:
    images, target = before.images.value, before.target.value
    parameters = plan_parameters(entry, before.stack.value, target, {}).values
    found = launched(target, parameters, {"AWS::Region": entry.region})
    if not found.images and not found.unknown:
        not_applicable("the target template launches no machine")
    fail(
        [
            Finding(
                found=f"image {image} of {', '.join(users)} {problem}",
                expected=f"an image that account {entry.account_id} can launch in {entry.region}",
                remedy=remedy,
                logical_id=users[0],
                physical_id=image,
                property="ImageId",
            )
            for image, users in found.images.items()
            for problem, remedy in _problems(images[image])
        ],
        [
            Finding(
                found=f"which image {logical_id} launches is not known from the template: {why}",
                expected="an image named in the template",
                remedy="make sure by hand that the account can launch it",
                logical_id=logical_id,
                property="ImageId",
            )
            for logical_id, why in found.unknown.items()
        ],
    )
    if hidden := [image for image in found.images if images[image].hidden]:
        tell(f"encrypted, with a key that can't be looked at from this account: {', '.join(hidden)}")


def _problems(image: Image) -> list[tuple[str, str]]:
    if not image.visible:
        return [("does not exist or is not shared with this account", "ask the vendor to share it with this account")]
    problems = []
    if image.state != "available":
        problems.append((f"is {image.state}", "wait until it is available, or ask the vendor"))
    if image.key_state not in {"", "Enabled"}:
        problems.append(
            (f"is encrypted with key {image.key}, which is {image.key_state}", "ask the key's owner to enable it")
        )
    return problems
