"""Images another account shares: visible, ready and usable, or not."""

from typing import Any
from uuid import uuid4

import pytest

from sandbox.services.images import OWNER
from tests.sandbox.outside import Outside, refused

IMAGE, OTHER, UNKNOWN = "ami-0d94e17b3c5a80f26", "ami-0b41c0e5d2a7f9310", "ami-00000000000000001"
KEY = f"arn:aws:kms:us-east-1:{OWNER}:key/5d1c4a3e-7b0f-4e0a-9f63-2c8d9b1e7a40"


def describe(http: Outside, *images: str, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = http.client("ec2").describe_images(ImageIds=list(images), **more)["Images"]
    return found


def own_image(http: Outside) -> str:
    ec2 = http.client("ec2")
    [instance] = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"]
    return str(ec2.create_image(InstanceId=instance["InstanceId"], Name=str(uuid4()))["ImageId"])


def test_a_shared_image_looks_as_on_aws(http: Outside) -> None:
    http.set(images={IMAGE: {}})
    [image] = describe(http, IMAGE)
    assert (image["State"], image["OwnerId"], image["Public"]) == ("available", OWNER, False)
    assert (image["Architecture"], image["RootDeviceName"], image["RootDeviceType"]) == ("x86_64", "/dev/xvda", "ebs")
    assert image["BlockDeviceMappings"] == [
        {
            "DeviceName": "/dev/xvda",
            "Ebs": {
                "SnapshotId": "snap-0d94e17b3c5a80f26",
                "Encrypted": False,
                "VolumeSize": 40,
                "VolumeType": "gp3",
                "DeleteOnTermination": True,
            },
        }
    ]
    assert "Platform" not in image
    assert "KernelId" not in image


def test_what_the_knob_says_of_it(http: Outside) -> None:
    facts = {"state": "pending", "architecture": "arm64", "kms_key": KEY, "snapshot": "snap-0123456789abcdef0"}
    http.set(images={IMAGE: facts})
    [image] = describe(http, IMAGE)
    assert (image["State"], image["Architecture"]) == ("pending", "arm64")
    volume = image["BlockDeviceMappings"][0]["Ebs"]
    assert (volume["Encrypted"], volume["SnapshotId"]) == (True, "snap-0123456789abcdef0")


def test_shared_ones_are_listed_beside_our_own(http: Outside) -> None:
    http.set(images={IMAGE: {}, OTHER: {"state": "failed"}})
    mine = own_image(http)
    assert {image["ImageId"] for image in describe(http)} >= {IMAGE, OTHER, mine}
    assert {image["ImageId"] for image in describe(http, IMAGE, mine)} == {IMAGE, mine}
    assert mine in {image["ImageId"] for image in describe(http, Owners=["self"])}
    assert {image["ImageId"] for image in describe(http, Owners=[OWNER])} == {IMAGE, OTHER}
    assert {image["ImageId"] for image in describe(http, ExecutableUsers=["self"])} == {IMAGE, OTHER}
    ready = [{"Name": "state", "Values": ["available"]}, {"Name": "owner-id", "Values": [OWNER]}]
    assert [image["ImageId"] for image in describe(http, Filters=ready)] == [IMAGE]


@pytest.mark.parametrize(
    ("images", "code", "message"),
    [
        ([UNKNOWN], "InvalidAMIID.NotFound", f"The image id '[{UNKNOWN}]' does not exist"),
        ([IMAGE, UNKNOWN], "InvalidAMIID.NotFound", f"The image id '[{UNKNOWN}]' does not exist"),
        ([UNKNOWN, OTHER], "InvalidAMIID.NotFound", f"The image ids '[{UNKNOWN}, {OTHER}]' do not exist"),
        (["ami-fake123"], "InvalidAMIID.NotFound", "The image id '[ami-fake123]' does not exist"),
        (["ami-0ebf472962bc6715"], "InvalidAMIID.Malformed", 'Invalid id: "ami-0ebf472962bc6715"'),
        (["image-1"], "InvalidAMIID.Malformed", 'Invalid id: "image-1" (expecting "ami-...")'),
    ],
    ids=str,
)
def test_what_is_not_there_or_not_shared(http: Outside, images: list[str], code: str, message: str) -> None:
    http.set(images={IMAGE: {}, OTHER: {"shared": False}})
    assert refused(http.client("ec2").describe_images, ImageIds=images) == (code, message)


def test_an_image_is_in_its_region_only(http: Outside) -> None:
    http.set(images={IMAGE: {"region": "eu-central-1"}})
    assert refused(http.client("ec2").describe_images, ImageIds=[IMAGE])[0] == "InvalidAMIID.NotFound"
    [image] = http.client("ec2", "eu-central-1").describe_images(ImageIds=[IMAGE])["Images"]
    assert image["ImageId"] == IMAGE


def test_a_snapshot_tells_its_key(http: Outside) -> None:
    http.set(images={IMAGE: {"kms_key": KEY}, OTHER: {"snapshot": "snap-0123456789abcdef0"}})
    ec2 = http.client("ec2")
    found = ec2.describe_snapshots(SnapshotIds=["snap-0d94e17b3c5a80f26", "snap-0123456789abcdef0"])["Snapshots"]
    assert [(row["Encrypted"], row.get("KmsKeyId")) for row in found] == [(True, KEY), (False, None)]
    assert {(row["State"], row["OwnerId"], row["VolumeSize"]) for row in found} == {("completed", OWNER, 40)}


def test_snapshots_have_owners(http: Outside) -> None:
    http.set(images={IMAGE: {}})
    ec2 = http.client("ec2")
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    mine = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    owned = {
        owner: {row["SnapshotId"] for row in ec2.describe_snapshots(OwnerIds=[owner])["Snapshots"]}
        for owner in ("self", OWNER)
    }
    assert mine in owned["self"]
    assert owned[OWNER] == {"snap-0d94e17b3c5a80f26"}
    assert {mine, *owned[OWNER]} <= {row["SnapshotId"] for row in ec2.describe_snapshots()["Snapshots"]}


@pytest.mark.parametrize("facts", [{"shared": False}, {"snapshot_shared": False}], ids=str)
def test_a_snapshot_that_may_not_be_seen_is_not_there(http: Outside, facts: dict[str, Any]) -> None:
    http.set(images={IMAGE: {"kms_key": KEY, **facts}})
    assert refused(http.client("ec2").describe_snapshots, SnapshotIds=["snap-0d94e17b3c5a80f26"]) == (
        "InvalidSnapshot.NotFound",
        "The snapshot 'snap-0d94e17b3c5a80f26' does not exist.",
    )


def test_an_instance_of_a_shared_image_is_as_the_image_says(http: Outside) -> None:
    http.set(images={IMAGE: {"architecture": "arm64"}})
    [made] = http.client("ec2").run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1)["Instances"]
    assert (made["ImageId"], made["Architecture"]) == (IMAGE, "arm64")


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"shared": False}, "InvalidAMIID.NotFound"), ({"state": "pending"}, "InvalidAMIID.Unavailable")],
    ids=str,
)
def test_nothing_is_launched_from_what_is_not_usable(http: Outside, facts: dict[str, Any], code: str) -> None:
    http.set(images={IMAGE: facts})
    ec2, name = http.client("ec2"), str(uuid4())
    ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={"ImageId": IMAGE})
    for source in ({"ImageId": IMAGE}, {"LaunchTemplate": {"LaunchTemplateName": name}}):
        assert refused(ec2.run_instances, MinCount=1, MaxCount=1, **source)[0] == code


def test_an_image_nobody_spoke_of_can_be_launched(http: Outside) -> None:
    http.set(images={IMAGE: {"shared": False}})
    made = http.client("ec2").run_instances(ImageId=UNKNOWN, MinCount=1, MaxCount=1)["Instances"]
    assert len(made) == 1
