"""What scenarios are built with: images, the configuration, people."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.knobs import Knobs
from sandbox.scenarios import images
from sandbox.scenarios.stage import Stage


def template(**mappings: dict[str, dict[str, Any]]) -> str:
    topic = {"Type": "AWS::SNS::Topic", "Metadata": {"Image": "ami-0000000a"}}
    return json.dumps({"Mappings": mappings, "Resources": {"Topic": topic}})


ONE = template(AMIs={"us-east-1": {"id": "ami-0000000a"}, "eu-central-1": {"id": "ami-0000000b"}})
TWO = template(AMIs={"us-east-1": {"id": "ami-0000000c"}}, ByUse={"worker": {"ids": ["ami-0000000d", "none"]}})


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(Knobs(), tmp_path)


def demo(stage: Stage) -> dict[str, Any]:
    entry: dict[str, Any] = tomllib.loads(stage.write_configuration().read_text())["stacks"]["demo"]
    return entry


def test_images_are_what_the_mappings_name() -> None:
    assert images.named(ONE) == {"ami-0000000a": "us-east-1", "ami-0000000b": "eu-central-1"}
    assert images.named(TWO) == {"ami-0000000c": "us-east-1", "ami-0000000d": ""}
    assert images.named('{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}') == {}


def test_sharing_adds_to_what_is_shared(stage: Stage) -> None:
    stage.knobs.set({"images": {"ami-0000000a": {"state": "pending"}, "ami-12c6146b": {}}})
    stage.share_images(ONE)
    stage.share_images(TWO)
    assert stage.knobs.images == {
        "ami-0000000a": {"state": "pending", "region": "us-east-1", "shared": True},
        "ami-0000000b": {"region": "eu-central-1", "shared": True},
        "ami-0000000c": {"region": "us-east-1", "shared": True},
        "ami-0000000d": {"region": "", "shared": True},
        "ami-12c6146b": {},
    }


def test_the_images_of_one_version_are_withdrawn_and_shared_again(stage: Stage) -> None:
    stage.share_images(ONE)
    stage.share_images(TWO)
    stage.withdraw_images(TWO)
    assert {image: facts["shared"] for image, facts in stage.knobs.images.items()} == {
        "ami-0000000a": True,
        "ami-0000000b": True,
        "ami-0000000c": False,
        "ami-0000000d": False,
    }
    stage.share_images(TWO)
    assert all(facts["shared"] for facts in stage.knobs.images.values())


def test_what_was_never_shared_can_be_withdrawn(stage: Stage) -> None:
    stage.withdraw_images(TWO)
    assert stage.knobs.images["ami-0000000c"] == {"shared": False}


def test_what_a_person_states_can_be_taken_back(stage: Stage) -> None:
    stage.acknowledge("maintenance_mode", "v1", "v2")
    stated = demo(stage)["acknowledge"]["maintenance_mode"]
    assert timedelta() <= datetime.now(UTC) - stated.pop("at") < timedelta(minutes=1)
    assert stated == {"by": "sandbox", "from": "v1", "to": "v2"}
    stage.configure("stacks.demo.acknowledge", maintenance_mode=None)
    assert demo(stage)["acknowledge"] == {}
    stage.configure("stacks.demo", acknowledge=None)
    assert "acknowledge" not in demo(stage)


def test_several_approvers(stage: Stage, tmp_path: Path) -> None:
    stage.add_approver("Ada Approver", "ada")
    stage.add_approver("Ben Approver", "ben")
    assert demo(stage)["change"]["approvers"] == {"Ada Approver": "ada.pub.pem", "Ben Approver": "ben.pub.pem"}
    assert (tmp_path / "ada.pub.pem").read_bytes() != (tmp_path / "ben.pub.pem").read_bytes()


def test_lists_of_tables_are_written(stage: Stage) -> None:
    waiver = {"check": "one", "finding": "sha256:0", "expires": datetime(2030, 1, 1, tzinfo=UTC)}
    stage.configure("stacks.demo", waivers=[waiver])
    assert demo(stage)["waivers"] == [waiver]
