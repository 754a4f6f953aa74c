"""Machines by all their tags, images one by one, and the state of every key that an image needs."""

from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.upgrade import things
from tests.upgrade.world import REGION, World
from upgrade.aws.ec2 import read_images, read_instances
from upgrade.facts.compute import Image

OWNER = "524950183868"
IMAGE, OTHER = "ami-0d94e17b3c5a80f26", "ami-0b41c0e5d2a7f9310"
KEY = f"arn:aws:kms:{REGION}:{OWNER}:key/5d1c4a3e-7b0f-4e0a-9f63-2c8d9b1e7a40"


def machines(world: World, **tags: str) -> dict[str, str]:
    return {each.id: each.state for each in read_instances(world.client("ec2"), tags)}


def images(world: World, *ids: str) -> dict[str, Image]:
    return read_images(world.client("ec2"), world.client("kms"), ids)


def shared(world: World, **facts: Any) -> Image:
    """The image as read, shared with these facts."""
    world.faults(images={IMAGE: facts})
    return images(world, IMAGE)[IMAGE]


def test_only_machines_that_carry_all_tags_are_told(world: World) -> None:
    deployment = str(uuid4())
    wanted = things.machine(world, Name="worker", deployment=deployment)
    things.machine(world, Name="worker", deployment="another")
    things.machine(world, Name="services", deployment=deployment)
    assert machines(world, Name="worker", deployment=deployment) == {wanted: "running"}


def test_a_machine_that_was_stopped_or_terminated_is_not_told(world: World) -> None:
    deployment, ec2 = str(uuid4()), world.client("ec2")
    stopped, ended = (things.machine(world, deployment=deployment) for _ in range(2))
    ec2.stop_instances(InstanceIds=[stopped])
    ec2.terminate_instances(InstanceIds=[ended])
    assert machines(world, deployment=deployment) == {}


def test_every_page_of_machines_is_read(world: World) -> None:
    deployment = str(uuid4())
    wanted = {things.machine(world, deployment=deployment) for _ in range(5)}
    world.faults(page=2)
    assert machines(world, deployment=deployment).keys() == wanted


def test_an_image_is_told_with_its_state(world: World) -> None:
    assert shared(world, state="pending") == Image(IMAGE, visible=True, state="pending", key="", key_state="")


def test_an_image_that_is_not_shared_is_told_as_not_visible_and_spoils_no_other(world: World) -> None:
    world.faults(images={IMAGE: {}, OTHER: {"shared": False}})
    found = images(world, IMAGE, OTHER, IMAGE)
    assert {id_: image.visible for id_, image in found.items()} == {IMAGE: True, OTHER: False}


@pytest.mark.parametrize("id_", ["ami-1", "ami-00000000000000001", "image-1", "ami-0ebf472962bc6715"])
def test_what_ec2_takes_for_no_image_is_not_visible(world: World, id_: str) -> None:
    assert images(world, id_) == {id_: Image(id_, visible=False, state="", key="", key_state="")}


@pytest.mark.parametrize("state", ["Enabled", "Disabled", "PendingDeletion"])
def test_the_key_of_an_encrypted_image_is_told_with_its_state(world: World, state: str) -> None:
    found = shared(world, kms_key=KEY, key_state=state)
    assert (found.key, found.key_state) == (KEY, state)


def test_an_encrypted_image_whose_snapshot_may_not_be_seen_has_no_known_key(world: World) -> None:
    found = shared(world, kms_key=KEY, snapshot_shared=False)
    assert (found.visible, found.key, found.key_state) == (True, "", "")
    assert len(found.hidden) == 1


@pytest.mark.parametrize("keys", [("Enabled", "Disabled"), ("Disabled", "Enabled")], ids="-".join)
def test_of_several_keys_one_that_is_not_usable_is_told(keys: tuple[str, str]) -> None:
    snapshots = [{"SnapshotId": f"snap-{state}", "KmsKeyId": f"arn:{state}"} for state in keys]
    volumes = [{"Ebs": {"SnapshotId": row["SnapshotId"], "Encrypted": True}} for row in snapshots]
    image = {"State": "available", "BlockDeviceMappings": volumes}

    def answer(operation: str, body: str) -> dict[str, Any]:
        if operation == "DescribeImages":
            return {"Images": [image]}
        return {"Snapshots": [row for row in snapshots if f"'{row['SnapshotId']}'" in body]}

    ec2 = things.answering("ec2", answer)
    kms = things.answering(
        "kms", lambda _, body: {"KeyMetadata": {"KeyState": next(key for key in keys if key in body)}}
    )
    assert read_images(ec2, kms, [IMAGE])[IMAGE].key_state == "Disabled"


@pytest.mark.parametrize("action", ["DescribeImages", "DescribeSnapshots", "DescribeKey"])
def test_a_denial_is_no_image_that_can_be_used(world: World, action: str) -> None:
    world.faults(images={IMAGE: {"kms_key": KEY}})
    world.fail(action, "denied")
    with pytest.raises(ClientError, match=action):
        images(world, IMAGE)
