"""Machines, images and volumes as EC2 sees them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.cloudformation import utc
from upgrade.aws.errors import code_of
from upgrade.facts.compute import Image, Instance, LaunchSource
from upgrade.facts.data import Volume
from upgrade.facts.gather import gather

VOLUME = "AWS::EC2::Volume"

ALIVE = ("pending", "running")

FILTERED = 200
"""Values that a filter takes."""

NOT_VISIBLE = frozenset({"InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIID.Malformed"})
"""An image that does not exist and one that is not shared with the account look the same.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""

USABLE = "Enabled"
"""The state of a key that can be used: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"""

NO_SNAPSHOT = frozenset({"InvalidSnapshot.NotFound"})


def read_instances(client: Any, tags: Mapping[str, str]) -> tuple[Instance, ...]:
    """DescribeInstances: those alive that carry all these tags."""
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
    pages = client.get_paginator("describe_instances").paginate(
        Filters=[*filters, {"Name": "instance-state-name", "Values": list(ALIVE)}]
    )
    return tuple(
        Instance(row["InstanceId"], row["State"]["Name"])
        for page in pages
        for reservation in page["Reservations"]
        for row in reservation["Instances"]
    )


def read_volumes(client: Any, ids: Mapping[str, str]) -> dict[str, Volume]:
    """DescribeVolumes and DescribeVolumesModifications of at least one volume; `ids` by logical id."""
    wanted = list(ids.values())
    pages = client.get_paginator("describe_volumes").paginate(VolumeIds=wanted)
    rows = {row["VolumeId"]: row for page in pages for row in page["Volumes"]}
    modified = _modifications(client, wanted)
    return {logical_id: _volume(rows[id_], modified.get(id_, "")) for logical_id, id_ in ids.items()}


def read_snapshots(client: Any, volume: str) -> list[datetime]:
    """DescribeSnapshots: when each snapshot of a volume was begun that can be restored, whoever made it."""
    filters = [{"Name": "volume-id", "Values": [volume]}, {"Name": "status", "Values": ["completed"]}]
    pages = client.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], Filters=filters)
    return [utc(row["StartTime"]) for page in pages for row in page["Snapshots"]]


def read_default_key(client: Any) -> str:
    """GetEbsDefaultKmsKeyId: the key of volumes for which none is named; an ARN or an alias."""
    return str(client.get_ebs_default_kms_key_id()["KmsKeyId"])


def _modifications(client: Any, ids: list[str]) -> dict[str, str]:
    """State of each volume's last modification; asked by filter, since one never modified would be an error by id."""
    filters = [{"Name": "volume-id", "Values": ids}]
    pages = client.get_paginator("describe_volumes_modifications").paginate(Filters=filters)
    rows = sorted((row for page in pages for row in page["VolumesModifications"]), key=lambda row: row["StartTime"])
    return {row["VolumeId"]: row["ModificationState"] for row in rows}


def _volume(row: dict[str, Any], modification: str) -> Volume:
    return Volume(row["VolumeId"], row["Size"], row["State"], row.get("KmsKeyId", ""), modification)


def read_machine_images(client: Any, ids: Iterable[str]) -> dict[str, str]:
    """DescribeInstances: by id of the machine the image it runs; one that is gone is left out."""
    wanted, found = sorted(set(ids)), dict[str, str]()
    for start in range(0, len(wanted), FILTERED):
        filters = [{"Name": "instance-id", "Values": wanted[start : start + FILTERED]}]
        for page in client.get_paginator("describe_instances").paginate(Filters=filters):
            found |= {row["InstanceId"]: row["ImageId"] for each in page["Reservations"] for row in each["Instances"]}
    return found


def read_launch_source(client: Any, template: str, version: str) -> LaunchSource:
    """DescribeLaunchTemplateVersions of one version, `$Latest` and `$Default` too."""
    answer = client.describe_launch_template_versions(LaunchTemplateId=template, Versions=[version])
    row = answer["LaunchTemplateVersions"][0]
    return LaunchSource(template, str(row["VersionNumber"]), row["LaunchTemplateData"].get("ImageId", ""))


def read_images(ec2: Any, kms: Any, ids: Iterable[str]) -> dict[str, Image]:
    """DescribeImages one by one, since one that is not visible spoils the answer for all; DescribeKey of their keys."""
    wanted = sorted(set(ids))
    return dict(zip(wanted, gather([partial(_image, ec2, kms, id_) for id_ in wanted]), strict=True))


def _image(ec2: Any, kms: Any, image_id: str) -> Image:
    try:
        rows = ec2.describe_images(ImageIds=[image_id])["Images"]
    except ClientError as error:
        if code_of(error) not in NOT_VISIBLE:
            raise
        rows = []
    if not rows:
        return Image(image_id, visible=False, state="", key="", key_state="")
    keys = _keys(ec2, rows[0])
    states = {
        key: str(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"])
        for key in filter(None, dict.fromkeys(keys.values()))
    }
    key = min(states, key=lambda each: states[each] == USABLE, default="")
    return Image(
        image_id,
        visible=True,
        state=rows[0]["State"],
        key=key,
        key_state=states.get(key, ""),
        hidden=tuple(snapshot for snapshot, found in keys.items() if not found),
    )


def _keys(ec2: Any, image: dict[str, Any]) -> dict[str, str]:
    """The key of each encrypted snapshot of an image, which tells that it is encrypted, but not with which key."""
    volumes = [mapping["Ebs"] for mapping in image.get("BlockDeviceMappings", []) if "Ebs" in mapping]
    snapshots = [volume["SnapshotId"] for volume in volumes if volume.get("Encrypted") and volume.get("SnapshotId")]
    return {snapshot: _snapshot_key(ec2, snapshot) for snapshot in snapshots}


def _snapshot_key(ec2: Any, snapshot: str) -> str:
    """DescribeSnapshots; empty where it is not visible: an image can be shared without its snapshots being so."""
    try:
        rows = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    except ClientError as error:
        if code_of(error) not in NO_SNAPSHOT:
            raise
        rows = []
    return str(rows[0].get("KmsKeyId") or "") if rows else ""
