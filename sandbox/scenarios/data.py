"""What holds the deployment's data, and the keys it is encrypted with, are not as the template says."""

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import deployment

ENLARGED = 1024
"""GiB; the template says 500."""


@scenario("volume-enlarged", "The data volume was full, and somebody enlarged it to 1024 GiB by hand.")
def volume_enlarged(stage: Stage) -> None:
    """The vendor's remedy; the update changes a tag of the volume."""
    deployment(stage)
    stage.client("ec2").modify_volume(VolumeId=stage.physical_id("DataVolume"), Size=ENLARGED)


@scenario("key-disabled", "The key of the backup vault was disabled.")
def key_disabled(stage: Stage) -> None:
    """Recovery points can be neither made nor restored."""
    deployment(stage)
    stage.client("kms").disable_key(KeyId=stage.physical_id("BackupKMSKey"))
