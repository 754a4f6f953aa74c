"""Images that another account shares with this one, their snapshots and the keys of those: what knob `images` says.

No call of an account can make another one share an image with it. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/
sharingamis-explicit.html
"""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidAMIIdError, MalformedAMIIdError, UnvailableAMIIdError
from moto.ec2.models.amis import Ami
from moto.ec2.models.elastic_block_store import Snapshot
from moto.ec2.utils import generic_filter

from sandbox.services import settings

OWNER = "524950183868"
"""The vendor's account."""

CREATED = datetime(2025, 9, 1, 6, 30, tzinfo=UTC)
ROOT = "/dev/xvda"
SIZE = 40
"""GiB."""

_LONG_ID = re.compile("ami-[0-9a-f]{17}")
_SHORT_ID = 8
"""Characters of an old id. EC2 takes whatever is that short for one, and does not find it."""


class SharedSnapshot(Snapshot):  # type: ignore[misc]  # moto ships no types
    """The snapshot behind a shared image. AWS shows no volume of another account."""

    volume_id = "vol-ffffffff"
    volume_size = SIZE

    def __init__(self, backend: Any, image: str, facts: Mapping[str, Any]) -> None:
        self.ec2_backend = backend
        self.id = snapshot_id(image, facts)
        self.description = f"Created for {image}"
        self.start_time = CREATED
        self.status = "completed"
        self.owner_id = OWNER
        self.encrypted = encrypted(facts)
        self.kms_key_id = facts.get("kms_key") or None
        self.storage_tier = "standard"

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        own = {"volume-id": self.volume_id, "volume-size": self.volume_size}
        return own[filter_name] if filter_name in own else super().get_filter_value(filter_name, method_name)


class SharedImage(Ami):  # type: ignore[misc]  # moto ships no types
    """An image as it is seen by an account that it is shared with: tags and launch permissions stay the owner's."""

    def __init__(self, backend: Any, identifier: str, facts: Mapping[str, Any]) -> None:
        self.ec2_backend = backend
        self.id = identifier
        self.state = facts.get("state", "available")
        self.architecture = facts.get("architecture", "x86_64")
        self.owner_id, self.owner_alias = OWNER, None
        self.name = f"codeocean-vpc-{identifier.removeprefix('ami-')}"
        self.description = self.name
        self.image_location = f"{OWNER}/{self.name}"
        self.image_type, self.virtualization_type, self.hypervisor = "machine", "hvm", "xen"
        self.root_device_name, self.root_device_type = ROOT, "ebs"
        self.sriov_net_support, self.ena_support, self.boot_mode = "simple", True, "uefi-preferred"
        self.platform, self.platform_details, self.usage_operation = None, "Linux/UNIX", "RunInstances"
        self.kernel_id = self.instance_id = None
        self.creation_date = CREATED
        self.product_codes: set[str] = set()
        self.launch_permissions: list[dict[str, str]] = []
        self._snapshot, self._encrypted = snapshot_id(identifier, facts), encrypted(facts)

    @property
    def block_device_mappings(self) -> list[dict[str, Any]]:
        volume = {"VolumeSize": SIZE, "VolumeType": "gp3", "DeleteOnTermination": True, "Encrypted": self._encrypted}
        return [{"DeviceName": self.root_device_name, "Ebs": {"SnapshotId": self._snapshot, **volume}}]


def snapshot_id(image: str, facts: Mapping[str, Any]) -> str:
    """The id of an image's snapshot."""
    return str(facts.get("snapshot") or image.replace("ami-", "snap-", 1))


def encrypted(facts: Mapping[str, Any]) -> bool:
    """Whether an image's snapshot is encrypted."""
    return bool(facts.get("encrypted", facts.get("kms_key")))


def shared(backend: Any) -> dict[str, SharedImage]:
    """The images that are shared in a backend's region, by id."""
    return {image: SharedImage(backend, image, facts) for image, facts in _here(backend).items()}


def snapshots(backend: Any) -> dict[str, SharedSnapshot]:
    """Their snapshots, by id, as far as these are shared too."""
    visible = {image: facts for image, facts in _here(backend).items() if facts.get("snapshot_shared", True)}
    found = (SharedSnapshot(backend, image, facts) for image, facts in visible.items())
    return {snapshot.id: snapshot for snapshot in found}


def _here(backend: Any) -> dict[str, Mapping[str, Any]]:
    region = backend.region_name
    known = settings.knobs().images.items()
    return {
        image: facts
        for image, facts in known
        if facts.get("shared", True) and facts.get("region") in (None, "", region)
    }


def selected(backend: Any, ids: Collection[str], filters: Any, users: Any, owners: Any) -> list[SharedImage]:
    """The shared images that DescribeImages asks for."""
    found = [image for name, image in shared(backend).items() if not ids or name in ids]
    if owners:
        found = [image for image in found if image.owner_id in owners]
    if users:
        found = [image for image in found if {"self", backend.account_id} & set(users)]
    return list(generic_filter(filters, found))


def check_ids(ids: Collection[str], known: Collection[str]) -> None:
    """Refuse ids that are none, and images that are not there or not shared, as EC2 does: all or nothing.

    Raises:
        EC2ClientError: InvalidAMIID.Malformed, InvalidAMIID.NotFound.
    """
    unknown = [name for name in ids if name not in known]
    for name in unknown:
        if not name.startswith("ami-"):
            raise MalformedAMIIdError([name])
        if len(name) > len("ami-") + _SHORT_ID and not _LONG_ID.fullmatch(name):
            raise EC2ClientError("InvalidAMIID.Malformed", f'Invalid id: "{name}"')
    if unknown:
        raise InvalidAMIIdError(unknown)


def check_launch(image: str | None) -> None:
    """Refuse to launch from an image that was withdrawn or is not ready; one nobody ever spoke of is taken as it is.

    Raises:
        EC2ClientError: InvalidAMIID.NotFound, InvalidAMIID.Unavailable.
    """
    facts = settings.knobs().images.get(image or "")
    if facts is None:
        return
    if not facts.get("shared", True):
        raise InvalidAMIIdError(str(image))
    if facts.get("state", "available") != "available":
        raise UnvailableAMIIdError(str(image))


def key_state(arn: str) -> str | None:
    """The state of the key of another account that encrypts a shared image; None if none is encrypted with it."""
    for facts in settings.knobs().images.values():
        if facts.get("kms_key") == arn:
            return str(facts.get("key_state", "Enabled"))
    return None
