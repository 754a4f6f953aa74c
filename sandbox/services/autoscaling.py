"""Auto Scaling: groups and warm pools with their instances, and launch templates that must work.

moto takes a launch template whose image is not there, any capacity, leaves instances that are protected behind when
their group is deleted, and fails on a group that does not exist.
"""

from typing import Any

from moto.autoscaling import urls
from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend, autoscaling_backends
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError

from sandbox.services import images, settings
from sandbox.services.backends import use_backend, use_responses
from sandbox.services.paging import cut
from sandbox.services.scaling_group import INVALID, Group


class AutoScaling(AutoScalingBackend):  # type: ignore[misc]  # moto ships no types
    """moto's, with our groups."""

    def group(self, name: str) -> Group:
        """The group of this name.

        Raises:
            ValidationError: there is none.
        """
        if name not in self.autoscaling_groups:
            raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
        found: Group = self.autoscaling_groups[name]
        return found

    def create_auto_scaling_group(self, **wanted: Any) -> Group:
        self._check_image(wanted)
        made = Group.adopt(super().create_auto_scaling_group(**{**wanted, "desired_capacity": 0}))
        made.set_desired_capacity(wanted["desired_capacity"])
        return made

    def update_auto_scaling_group(self, **wanted: Any) -> Group:
        self._check_image(wanted)
        updated: Group = super().update_auto_scaling_group(**wanted)
        updated.fit_pool()
        return updated

    def delete_auto_scaling_group(self, group_name: str) -> None:
        """With ForceDelete, which is all we know, protection saves no instance."""
        group = self.group(group_name)
        group.delete_warm_pool()
        for state in group.instance_states:
            state.protected_from_scale_in = False
        super().delete_auto_scaling_group(group_name)

    def describe_auto_scaling_instances(self, instance_ids: list[str]) -> list[Any]:
        groups = self.autoscaling_groups.values()
        states = (state for group in groups for state in (*group.instances, *group.warm_instances))
        return [state for state in states if not instance_ids or state.instance_id in instance_ids]

    def notify_terminate_instances(self, instance_ids: list[str]) -> None:
        super().notify_terminate_instances(instance_ids)
        for group in self.autoscaling_groups.values():
            group.lose(instance_ids)

    def set_desired_capacity(self, group_name: str, desired_capacity: int | None) -> None:
        self.group(group_name)
        super().set_desired_capacity(group_name, desired_capacity)

    def put_warm_pool(self, group_name: str, **sizes: Any) -> None:
        self.group(group_name).put_warm_pool(**sizes)

    def describe_warm_pool(self, group_name: str) -> Any:
        return self.group(group_name).get_warm_pool()

    def delete_warm_pool(self, group_name: str) -> None:
        self.group(group_name).delete_warm_pool()

    def _check_image(self, wanted: dict[str, Any]) -> None:
        """What is launched is tried when a group is given its launch template, as Auto Scaling does."""
        policy = wanted.get("mixed_instances_policy") or {}
        template = wanted.get("launch_template") or policy.get("LaunchTemplate", {}).get("LaunchTemplateSpecification")
        if not template:
            return
        try:
            images.check_launch(self.ec2_backend._get_template_from_args(template).image_id)  # noqa: SLF001  # moto's own way
        except EC2ClientError as refused:
            raise ValidationError(f"{INVALID} {refused.message}") from refused


class AutoScalingResponses(AutoScalingResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, with the bounds of a group and what waits in its pool."""

    def set_desired_capacity(self) -> Any:
        group = self.autoscaling_backend.group(self._get_param("AutoScalingGroupName"))
        wanted = self._get_int_param("DesiredCapacity")
        if wanted > group.max_size:
            raise ValidationError(_beyond(wanted, "above max", group.max_size))
        if wanted < group.min_size:
            raise ValidationError(_beyond(wanted, "below min", group.min_size))
        return super().set_desired_capacity()

    def describe_warm_pool(self) -> ActionResult:
        group = self.autoscaling_backend.group(self._get_param("AutoScalingGroupName"))
        page = settings.knobs().page
        most = min(self._get_int_param("MaxRecords", page), page)
        try:
            shown, more = cut(enumerate(group.warm_instances), self._get_param("NextToken"), most)
        except ValueError:
            raise AutoscalingClientError("InvalidNextToken", "The NextToken value is not valid.") from None
        return ActionResult({"WarmPoolConfiguration": group.warm_pool, "Instances": shown, "NextToken": more})

    def start_instance_refresh(self) -> ActionResult:
        return ActionResult({"InstanceRefreshId": self._group().start_refresh()})

    def cancel_instance_refresh(self) -> ActionResult:
        return ActionResult({"InstanceRefreshId": self._group().cancel_refresh()})

    def describe_instance_refreshes(self) -> ActionResult:
        found, page = self._group().refreshes, settings.knobs().page
        most = min(self._get_int_param("MaxRecords", page), page)
        try:
            shown, more = cut(enumerate(found), self._get_param("NextToken"), most)
        except ValueError:
            raise AutoscalingClientError("InvalidNextToken", "The NextToken value is not valid.") from None
        return ActionResult({"InstanceRefreshes": shown, "NextToken": more})

    def _group(self) -> Group:
        return self.autoscaling_backend.group(self._get_param("AutoScalingGroupName"))  # type: ignore[no-any-return]  # moto's


def _beyond(wanted: int, word: str, bound: int) -> str:
    return f"New SetDesiredCapacity value {wanted} is {word} value {bound} for the AutoScalingGroup."


def install() -> None:
    """Use our backend and our responses."""
    use_backend(autoscaling_backends, AutoScaling)
    use_responses(urls, AutoScalingResponses)
