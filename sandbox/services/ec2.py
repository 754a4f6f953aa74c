"""EC2: volumes that can't shrink and are optimized for a while, launch templates as they are, images that others share, instances that take their time.

moto lets a volume shrink, shows a launch template's tags as they were when it was made, keeps the user data of a later
version as text (on which an Auto Scaling group that launches from it fails), leaves an instance that its group
terminates registered as a target, knows no image of another account, answers for the images it knows when it is asked
for one it does not know too, tells no cores of an instance, and terminates in no time.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2 import urls
from moto.ec2.exceptions import EC2ClientError, InvalidParameterCombination
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.elastic_block_store import VolumeModification
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.responses import EC2Response
from moto.ec2.utils import generic_filter, parse_user_data
from moto.elbv2.models import elbv2_backends

from sandbox.services import images, settings
from sandbox.services.backends import use_backend, use_responses
from sandbox.services.paging import cut

SHUTTING_DOWN, TERMINATED = ("shutting-down", 32), ("terminated", 48)
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html"""

DEFAULT_KEY = "alias/aws/ebs"


class Modification(VolumeModification):  # type: ignore[misc]  # moto ships no types
    """moto's, which is over at once."""

    optimizing: settings.Lasting

    @property
    def modification_state(self) -> str:
        """As DescribeVolumesModifications shows it."""
        return "completed" if self.optimizing.over else "optimizing"


class Ec2(EC2Backend):  # type: ignore[misc]  # moto ships no types
    """moto's, strict about volumes and images."""

    def __init__(self, region_name: str, account_id: str) -> None:
        self._ending: dict[str, tuple[Any, settings.Lasting]] = {}
        super().__init__(region_name, account_id)

    def modify_volume(self, volume_id: str, target_size: int | None = None, *rest: Any, **named: Any) -> Any:
        if target_size is not None and target_size < self.get_volume(volume_id).size:
            raise EC2ClientError("InvalidParameterValue", "New size cannot be smaller than existing size")
        volume = super().modify_volume(volume_id, target_size, *rest, **named)
        modification = volume.modifications[-1]
        modification.__class__ = Modification
        modification.optimizing = settings.Lasting.begun("optimize_delay")
        return volume

    def describe_launch_templates(self, *arguments: Any, **named: Any) -> Any:
        templates = super().describe_launch_templates(*arguments, **named)
        for template in templates:
            template.tags = template.get_tags()
        return templates

    # ---- images

    def describe_images(
        self, ami_ids: list[str] | None = None, filters: Any = None, exec_users: Any = None, owners: Any = None
    ) -> list[Any]:
        ids = ami_ids or []
        mine = {*self.amis, *self.deleted_amis}
        images.check_ids(ids, mine | images.shared(self).keys())
        own = [name for name in ids if name in mine]
        found = [] if ids and not own else super().describe_images(own, filters, exec_users, owners)
        return [*found, *images.selected(self, ids, filters, exec_users, owners)]

    def describe_snapshots(self, snapshot_ids: list[str] | None = None, filters: Any = None) -> list[Any]:
        known = {**self.snapshots, **images.snapshots(self)}
        for name in snapshot_ids or ():
            if name not in known:
                raise EC2ClientError("InvalidSnapshot.NotFound", f"The snapshot '{name}' does not exist.")
        wanted = [known[name] for name in dict.fromkeys(snapshot_ids)] if snapshot_ids else list(known.values())
        return list(generic_filter(filters, wanted))

    def run_instances(self, image_id: str | None, *arguments: Any, **named: Any) -> Any:
        template = named.get("launch_template")
        images.check_launch(image_id or (self._get_template_from_args(template).image_id if template else None))
        made = super().run_instances(image_id, *arguments, **named)
        for instance in made.instances:
            instance.cpu_options = _cpu_options(instance.instance_type)
        return made

    # ---- instances that go

    def terminate_instances(self, instance_ids: list[str]) -> Any:
        terminated = super().terminate_instances(instance_ids)
        for instance, before in terminated:
            if before.name != "terminated" and settings.knobs().terminate_delay:
                self._ending.setdefault(instance.id, (instance, settings.Lasting.begun("terminate_delay")))
                instance._state.name, instance._state.code = SHUTTING_DOWN  # noqa: SLF001  # moto has no other way
        elbv2_backends[self.account_id][self.region_name].notify_terminate_instances(instance_ids)
        return terminated

    def all_reservations(self, filters: Any = None) -> list[Any]:
        """All reservations; moto looks for instances nowhere else."""
        for name, (instance, shutting_down) in list(self._ending.items()):
            if shutting_down.over:
                instance._state.name, instance._state.code = TERMINATED  # noqa: SLF001  # moto has no other way
                self._ending.pop(name, None)
        return list(super().all_reservations(filters))


def _cpu_options(type_: str) -> dict[str, int]:
    """The cores that a machine of a type has unless somebody chooses others."""
    info = INSTANCE_TYPES.get(type_, {}).get("VCpuInfo", {"DefaultVCpus": 1})
    threads = info.get("DefaultThreadsPerCore", 1)
    return {"CoreCount": info["DefaultVCpus"] // threads, "ThreadsPerCore": threads}


class Ec2Responses(EC2Response):  # type: ignore[misc]  # moto ships no types
    """moto's, with pages of instances, owners of snapshots, the default key of volumes, and user data parsed for every version of a template."""

    def create_launch_template_version(self) -> Any:
        data = self._get_param("LaunchTemplateData", {})
        if "UserData" in data:
            data["UserData"] = parse_user_data(data["UserData"])
        return super().create_launch_template_version()

    def describe_instances(self) -> Any:
        most, token = self._get_param("MaxResults"), self._get_param("NextToken")
        if self._get_param("InstanceIds", []):
            if most:
                message = "The parameter instancesSet cannot be used with the parameter maxResults"
                raise InvalidParameterCombination(message)
            return super().describe_instances()
        self.error_on_dryrun()
        found = self.ec2_backend.describe_instances(filters=self._filters_from_querystring())
        places = {name: place for place, name in enumerate(self.ec2_backend.reservations)}
        rows = ((places[reservation.id], reservation) for reservation in found)
        page = settings.knobs().page
        try:
            shown, more = cut(rows, token, min(int(most), page) if most else page)
        except ValueError:
            raise EC2ClientError("InvalidNextToken", "The token is not valid.") from None
        return ActionResult({"Reservations": shown, "NextToken": more})

    def describe_snapshots(self) -> ActionResult:
        ids, owners = self._get_param("SnapshotIds", []), self._get_param("OwnerIds", [])
        found = self.ec2_backend.describe_snapshots(snapshot_ids=ids, filters=self._filters_from_querystring())
        wanted = {self.current_account if owner == "self" else owner for owner in owners}
        return ActionResult({"Snapshots": [row for row in found if not wanted or row.owner_id in wanted]})

    def get_ebs_default_kms_key_id(self) -> ActionResult:
        return ActionResult({"KmsKeyId": self.ec2_backend.default_kms_key_id or DEFAULT_KEY})


def install() -> None:
    """Use our backend and our responses."""
    use_backend(ec2_backends, Ec2)
    use_responses(urls, Ec2Responses)
