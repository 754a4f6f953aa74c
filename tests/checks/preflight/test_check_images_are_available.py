"""Every image the target launches, here and by this account."""

from typing import Any

import pytest

from checks.preflight import check_images_are_available as module
from tests.builders import entry, image, known, snapshot, stack, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.compute import Image
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template

CHECK = module.check_images_are_available
OWN, CUSTOM = image().id, "ami-0fedcba9876543210"
CHOSEN = {"Fn::If": ["cCustom", {"Ref": "pCustomAmi"}, {"Fn::FindInMap": ["AMIs", {"Ref": "AWS::Region"}, "id"]}]}


def machine(image_id: object) -> dict[str, Any]:
    return {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"ImageId": image_id}}}


def target(**resources: Any) -> Template:
    """A target whose image is that of the region, or a custom one."""
    return template(
        "v4.1.0",
        Parameters={"pCustomAmi": {"Type": "String", "Default": ""}},
        Conditions={"cCustom": {"Fn::Not": [{"Fn::Equals": [{"Ref": "pCustomAmi"}, ""]}]}},
        Mappings={"AMIs": {"us-east-1": {"id": OWN}, "eu-west-2": {"id": "ami-0000000000000000e"}}},
        Resources=resources or {"Workers": machine(CHOSEN), "Services": machine(CHOSEN)},
    )


def world(*images: Image, **changes: Any) -> Snapshot:
    facts = {"target": known(target()), "images": known({each.id: each for each in images}), **changes}
    return snapshot(**facts)


def judged(*images: Image, **changes: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=world(*images, **changes), entry=entry())


@pytest.mark.parametrize("changes", [{}, {"key": "arn:key", "key_state": "Enabled"}], ids=["plain", "encrypted"])
def test_an_image_that_can_be_launched_passes(changes: dict[str, str]) -> None:
    assert judged(image(**changes))[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"visible": False, "state": ""}, "does not exist or is not shared with this account"),
        ({"state": "pending"}, "is pending"),
        ({"state": "deregistered"}, "is deregistered"),
        ({"key": "arn:key", "key_state": "Disabled"}, "is encrypted with key arn:key, which is Disabled"),
        ({"key": "arn:key", "key_state": "PendingDeletion"}, "which is PendingDeletion"),
    ],
)
def test_one_that_can_not_fails_once_and_names_who_needs_it(changes: dict[str, Any], told: str) -> None:
    outcome, findings = judged(image(**changes))

    assert (outcome, len(findings)) == (Outcome.FAIL, 1)
    assert findings[0].found.startswith(f"image {OWN} of Workers, Services ")
    assert findings[0].found.endswith(told)
    assert findings[0].expected == "an image that account 111122223333 can launch in us-east-1"
    assert (findings[0].logical_id, findings[0].physical_id) == ("Workers", OWN)


def test_all_that_is_wrong_with_an_image_is_told() -> None:
    assert len(judged(image(state="failed", key="arn:key", key_state="Disabled"))[1]) == 2


def test_a_key_that_cannot_be_looked_at_is_told() -> None:
    told = remarks(CHECK, before=world(image(id=OWN, hidden=("snap-1",))), entry=entry())

    assert told == (Outcome.PASS, f"encrypted, with a key that can't be looked at from this account: {OWN}")


def test_the_custom_image_counts_where_one_is_set() -> None:
    custom, deployed = image(id=CUSTOM, visible=False), known(stack(parameters={"pCustomAmi": CUSTOM}))

    assert judged(image(visible=False), image(id=CUSTOM), stack=deployed)[0] is Outcome.PASS
    assert judged(image(), custom, stack=deployed)[0] is Outcome.FAIL


def test_the_configured_custom_image_counts_in_place_of_the_deployed_one() -> None:
    before = world(image(id=CUSTOM, visible=False), image(id="ami-01", visible=True))
    settings = entry(parameters={"pCustomAmi": "ami-01"})

    assert says(CHECK, before=before, entry=settings)[0] is Outcome.PASS


def test_the_region_decides() -> None:
    before = world(image(id="ami-0000000000000000e", visible=False))

    assert says(CHECK, before=before, entry=entry(region="eu-west-2"))[0] is Outcome.FAIL


@pytest.mark.parametrize(
    "image_id",
    ["{{resolve:ssm:/aws/service/ami}}", {"Fn::ImportValue": "image"}, {"Fn::GetAtt": ["Builder", "ImageId"]}],
    ids=["ssm", "import", "attribute"],
)
def test_an_image_the_template_does_not_name_is_told(image_id: object) -> None:
    outcome, findings = judged(target=known(target(Workers=machine(image_id))))

    assert outcome is Outcome.WARN
    assert findings[0].found.startswith("which image Workers launches is not known from the template: ")


def test_it_is_no_excuse_for_one_that_is_known() -> None:
    both = known(target(Workers=machine(CHOSEN), Services=machine({"Fn::ImportValue": "image"})))
    outcome, findings = judged(image(visible=False), target=both)

    assert outcome is Outcome.FAIL
    assert [finding.blocking for finding in findings] == [True, False]


BATCH = {"Type": "AWS::Batch::ComputeEnvironment", "Properties": {"ComputeResources": {"ImageId": OWN}}}
OVERRIDE = {"Ec2Configuration": [{"ImageType": "ECS_AL2023", "ImageIdOverride": OWN}]}


@pytest.mark.parametrize(
    "resource",
    [
        BATCH,
        {"Type": "AWS::Batch::ComputeEnvironment", "Properties": {"ComputeResources": OVERRIDE}},
        {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": OWN}},
        {"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": {"ImageId": OWN}},
    ],
    ids=["Batch", "Batch, ImageIdOverride", "instance", "launch configuration"],
)
def test_images_are_found_wherever_machines_are_launched(resource: dict[str, Any]) -> None:
    assert judged(image(visible=False), target=known(target(Machine=resource)))[0] is Outcome.FAIL


def test_a_resource_that_is_not_made_launches_nothing() -> None:
    absent = known(target(Workers={**machine("ami-01"), "Condition": "cCustom"}))

    assert judged(target=absent)[0] is Outcome.NOT_APPLICABLE


def test_a_target_without_machines_is_not_applicable() -> None:
    told = remarks(CHECK, before=snapshot(), entry=entry())

    assert told == (Outcome.NOT_APPLICABLE, "the target template launches no machine")


@pytest.mark.parametrize(
    "changes",
    [{"images": unknown()}, {"target": unknown()}, {"stack": unknown()}],
    ids=["images", "target", "stack"],
)
def test_what_cannot_be_read_cannot_tell(changes: dict[str, Any]) -> None:
    assert judged(image(), **changes)[0] is Outcome.ERROR
