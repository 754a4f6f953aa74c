"""An Auto Scaling group whose instances know what they were launched from, take their time to go, and wait in a warm pool.

moto has every instance say the default version of its launch template, forgets an instance the moment it is terminated,
and keeps the sizes of a warm pool, but nothing in it.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
"""

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import ASG_NAME_TAG, FakeAutoScalingGroup, InstanceState
from moto.ec2.exceptions import EC2ClientError
from moto.moto_api._internal import mock_random

from sandbox.services import images
from sandbox.services.settings import Lasting

GOING = {"shutting-down", "terminated"}
INVALID = "You must use a valid fully-formed launch template."
"""What Auto Scaling says before EC2's own words."""


class State(InstanceState):  # type: ignore[misc]  # moto ships no types
    """An instance of a group, with the version of the launch template it was launched from."""

    def __init__(self, instance: Any, group: Any) -> None:
        instance.autoscaling_group = group
        super().__init__(instance, protected_from_scale_in=group.new_instances_protected_from_scale_in)
        self.image_id = instance.image_id
        self._launched_from = _launched_from(group)

    @property
    def launch_template(self) -> dict[str, Any] | None:
        return self._launched_from


def _launched_from(group: Any) -> dict[str, Any] | None:
    template = group.ec2_launch_template
    if template is None:
        return None
    number = template.get_version(group.launch_template_version).number
    return {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name, "Version": str(number)}


@dataclass
class Refresh:
    """One instance refresh."""

    id: str
    group: str
    going: Lasting
    cancelled: bool = False

    @property
    def status(self) -> str:
        return "Cancelled" if self.cancelled else "Successful" if self.going.over else "InProgress"

    @property
    def row(self) -> dict[str, Any]:
        """As DescribeInstanceRefreshes shows it."""
        return {"InstanceRefreshId": self.id, "AutoScalingGroupName": self.group, "Status": self.status}


class Group(FakeAutoScalingGroup):  # type: ignore[misc]  # moto ships no types
    """moto's, made ours by `adopt` while it is still empty."""

    warm_pool: Any
    _states: list[Any]
    _leaving: list[tuple[Any, Lasting]]
    _warmed: list[Any]
    _refreshes: list[Refresh]

    @property
    def suspended_processes(self) -> list[dict[str, str]]:
        """With a reason, which moto leaves empty."""
        return [{**row, "SuspensionReason": "User suspended"} for row in super().suspended_processes]

    @suspended_processes.setter
    def suspended_processes(self, processes: list[str]) -> None:
        self._suspended_processes = processes

    @classmethod
    def adopt(cls, group: Any) -> "Group":
        """Take over a group that moto has made."""
        group.__dict__.pop("instance_states")
        group.__class__ = cls
        group._states, group._leaving, group._warmed, group._refreshes = [], [], [], []  # noqa: SLF001  # its own
        return group  # type: ignore[no-any-return]  # which it is now

    @property
    def instance_states(self) -> list[Any]:
        """What counts towards the capacity."""
        return self._states

    @instance_states.setter
    def instance_states(self, states: Collection[Any]) -> None:
        self._leave("Terminating", (state for state in self._states if state not in states))
        stay = [state for state in self._states if state in states]
        self._states = [*stay, *(state for state in states if state not in stay)]

    @property
    def instances(self) -> list[Any]:
        """As DescribeAutoScalingGroups shows them: those that are going too, those in the warm pool not."""
        return [*self._states, *self._seen_leaving("Terminating")]

    @property
    def warm_instances(self) -> list[Any]:
        """As DescribeWarmPool shows them."""
        return [*self._warmed, *self._seen_leaving("Warmed:Terminating")]

    @property
    def warm_pool_size(self) -> int | None:
        """None: there is no pool."""
        return None if self.warm_pool is None else len(self._warmed)

    def _leave(self, word: str, states: Iterable[Any]) -> None:
        for state in states:
            going = copy(state)
            going.lifecycle_state = word
            self._leaving.append((going, Lasting.begun("terminate_delay")))

    def _seen_leaving(self, word: str) -> list[Any]:
        """Those on their way; one that was only detached is not."""
        self._leaving = [(state, going) for state, going in self._leaving if not going.over]
        found = (state for state, _ in self._leaving if state.lifecycle_state == word)
        return [state for state in found if state.instance.state in GOING]

    # ---- size

    def set_desired_capacity(self, new_capacity: int | None) -> None:
        super().set_desired_capacity(new_capacity)
        self.fit_pool()

    def replace_autoscaling_group_instances(self, count_needed: int, _: Any) -> None:
        """Bring instances into service, from the warm pool first."""
        taken, self._warmed = self._warmed[:count_needed], self._warmed[count_needed:]
        for state in taken:
            self.ec2_backend.start_instances([state.instance_id])
            state.lifecycle_state = "InService"
        self.instance_states = [*self._states, *taken, *self._launch(count_needed - len(taken))]

    def _launch(self, count: int) -> list[Any]:
        """None if the image was withdrawn: the group then goes on trying, and stays smaller than desired.

        Raises:
            ValidationError: EC2 refuses for another reason.
        """
        if count <= 0:
            return []
        try:
            images.check_launch(self.image_id)
        except EC2ClientError:
            return []
        template, config = self.ec2_launch_template, self.launch_config
        source = {"LaunchTemplateId": template.id, "Version": self.launch_template_version} if template else None
        try:
            reservation = self.ec2_backend.run_instances(
                self.image_id,
                count,
                self.user_data,
                self.security_groups,
                instance_type=self.instance_type,
                tags={"instance": {**self.get_propagated_tags(), ASG_NAME_TAG: self.name, **self.instance_tags}},
                placement=mock_random.choice(self.availability_zones),
                launch_config=config,
                launch_template=source,
                is_instance_type_default=False,
                associate_public_ip=config.associate_public_ip_address if config else None,
                subnet_id=self.vpc_zone_identifier.split(",")[0] if self.vpc_zone_identifier else None,
            )
        except EC2ClientError as refused:
            raise ValidationError(f"{INVALID} {refused.message}") from refused
        return [State(instance, self) for instance in reservation.instances]

    # ---- instance refresh

    @property
    def refreshes(self) -> list[dict[str, Any]]:
        """As DescribeInstanceRefreshes shows them, the newest first."""
        return [each.row for each in reversed(self._refreshes)]

    def start_refresh(self) -> str:
        """Begin one; its id. Nothing is replaced.

        Raises:
            AutoscalingClientError: one is under way.
        """
        if any(each.status == "InProgress" for each in self._refreshes):
            raise AutoscalingClientError("InstanceRefreshInProgress", "An Instance Refresh is already in progress.")
        made = Refresh(str(uuid4()), self.name, Lasting.begun("refresh_delay"))
        self._refreshes.append(made)
        return made.id

    def cancel_refresh(self) -> str:
        """Cancel what is under way; its id.

        Raises:
            AutoscalingClientError: nothing is.
        """
        for each in self._refreshes:
            if each.status == "InProgress":
                each.cancelled = True
                return each.id
        message = f"No in progress or pending Instance Refresh found for Auto Scaling group {self.name}"
        raise AutoscalingClientError("ActiveInstanceRefreshNotFound", message)

    # ---- warm pool

    def put_warm_pool(self, **sizes: Any) -> None:
        super().put_warm_pool(**sizes)
        self.fit_pool()

    def delete_warm_pool(self) -> None:
        """The pool goes, and with it what waits in it."""
        self.warm_pool = None
        self.fit_pool()

    def fit_pool(self) -> None:
        """Have as many instances wait as the pool's sizes ask for."""
        wanted = self._wanted_in_pool()
        surplus, self._warmed = self._warmed[wanted:], self._warmed[:wanted]
        if surplus:
            self._leave("Warmed:Terminating", surplus)
            self.ec2_backend.terminate_instances([state.instance_id for state in surplus])
        for state in self._launch(wanted - len(self._warmed)):
            if self.warm_pool.pool_state != "Running":
                self.ec2_backend.stop_instances([state.instance_id])
            state.lifecycle_state = f"Warmed:{self.warm_pool.pool_state}"
            self._warmed.append(state)

    def _wanted_in_pool(self) -> int:
        """The prepared capacity, else the maximum size, less what is desired; the minimum at least."""
        if self.warm_pool is None:
            return 0
        prepared = self.warm_pool.max_group_prepared_capacity
        most = self.max_size if prepared is None or prepared < 0 else prepared
        return int(max(self.warm_pool.min_size, most - (self.desired_capacity or 0)))

    def lose(self, instance_ids: Collection[str]) -> None:
        """Somebody terminated instances: those that waited here are replaced."""
        lost = [state for state in self._warmed if state.instance_id in instance_ids]
        if lost:
            self._warmed = [state for state in self._warmed if state not in lost]
            self._leave("Warmed:Terminating", lost)
            self.fit_pool()
