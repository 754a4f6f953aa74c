"""EC2: volumes that can't shrink, launch templates with live tags and usable user data, targets that leave.

moto lets a volume shrink, shows a launch template's tags as they were when it was made, keeps the user data of a later
version as text (on which an Auto Scaling group that launches from it fails), and leaves an instance that its group
terminates registered as a target.
"""

from typing import Any

from moto.ec2 import urls
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.responses import EC2Response
from moto.ec2.utils import parse_user_data
from moto.elbv2.models import elbv2_backends

from sandbox.services.backends import use_backend, use_responses


class Ec2(EC2Backend):  # type: ignore[misc]  # moto ships no types
    """moto's, strict about volumes."""

    def modify_volume(self, volume_id: str, target_size: int | None = None, *rest: Any, **named: Any) -> Any:
        if target_size is not None and target_size < self.get_volume(volume_id).size:
            raise EC2ClientError("InvalidParameterValue", "New size cannot be smaller than existing size")
        return super().modify_volume(volume_id, target_size, *rest, **named)

    def terminate_instances(self, instance_ids: list[str]) -> Any:
        terminated = super().terminate_instances(instance_ids)
        elbv2_backends[self.account_id][self.region_name].notify_terminate_instances(instance_ids)
        return terminated

    def describe_launch_templates(self, *arguments: Any, **named: Any) -> Any:
        templates = super().describe_launch_templates(*arguments, **named)
        for template in templates:
            template.tags = template.get_tags()
        return templates


class Ec2Responses(EC2Response):  # type: ignore[misc]  # moto ships no types
    """moto's, with user data parsed for every version of a launch template."""

    def create_launch_template_version(self) -> Any:
        data = self._get_param("LaunchTemplateData", {})
        if "UserData" in data:
            data["UserData"] = parse_user_data(data["UserData"])
        return super().create_launch_template_version()


def install() -> None:
    """Use our backend and our responses."""
    use_backend(ec2_backends, Ec2)
    use_responses(urls, Ec2Responses)
