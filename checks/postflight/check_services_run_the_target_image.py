"""The machines that run were launched as the target says: launch template version and image.

Where a group has no update policy, or its machines did not start, UPDATE_COMPLETE leaves the old ones at work.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
"""

from collections.abc import Iterator, Mapping

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.compute import Launch
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.images import launched
from upgrade.rules.quiet import LEAVING, stands_still


@check(
    id="services-run-the-target-image",
    title="Running machines have the planned launch template version and image",
    severity=Severity.BLOCKER,
    why="A machine of the old image goes on running the old version, whatever the stack says.",
    remedy="Replace the machine, or find out why its successor did not start.",
    requirements=("URS-38",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html",
    ),
)
def check_services_run_the_target_image(before: Snapshot, after: Snapshot) -> None:
    groups = {name: each for name, each in after.launches.value.items() if each.sources}
    if not groups:
        not_applicable("no Auto Scaling group of the stack launches from a launch template")
    planned, was = _planned_images(before, after), before.launches.value
    findings: list[Finding] = []
    warnings: list[Finding] = []
    for name, launch in groups.items():
        # Machines that lagged behind already, where the update changed nothing: told, not its fault.
        unchanged = name in was and was[name].sources == launch.sources
        (warnings if unchanged else findings).extend(_lagging(name, launch))
        findings += _other_images(name, launch, planned)
        if stands_still(was.get(name), launch):
            findings.append(
                _finding(name, launch.group, f"{name} has no machine in service", f"{launch.desired} in service")
            )
    fail(findings, warnings)


def _planned_images(before: Snapshot, after: Snapshot) -> Mapping[str, str]:
    """By id of the launch template, the image that the target gives it; what the template does not tell is left out."""
    region = {"AWS::Region": after.identity.value.region}
    images = launched(before.target.value, after.stack.value.parameters, region).images
    of = {logical_id: image for image, users in images.items() for logical_id in users}
    return {each.physical_id: of[each.logical_id] for each in after.resources.value if each.logical_id in of}


def _lagging(name: str, launch: Launch) -> Iterator[Finding]:
    """Machines launched from another version, or that run another image than their version names."""
    images = {(source.template, source.version): source.image for source in launch.sources}
    expected = ", ".join(f"version {each.version} of {each.template} ({each.image})" for each in launch.sources)
    for each in launch.machines:
        if each.state.startswith(LEAVING):
            continue
        image = images.get((each.template, each.version))
        if image is None:
            found = f"{name}: {each.id} was launched from version {each.version} of {each.template}"
            yield _finding(name, each.id, found, expected)
        elif image.startswith("ami-") and each.image not in {image, ""}:
            yield _finding(name, each.id, f"{name}: {each.id} runs image {each.image}", expected)


def _other_images(name: str, launch: Launch, planned: Mapping[str, str]) -> Iterator[Finding]:
    for source in launch.sources:
        image = planned.get(source.template, source.image)
        if image != source.image:
            found = f"{name} launches image {source.image} (version {source.version} of {source.template})"
            yield _finding(name, source.template, found, f"{image}, as the target says")


def _finding(name: str, physical_id: str, found: str, expected: str) -> Finding:
    return Finding(
        found=found,
        expected=expected,
        remedy="read the group's scaling activities; then have the machine replaced",
        logical_id=name,
        physical_id=physical_id,
        property="LaunchTemplate",
    )
