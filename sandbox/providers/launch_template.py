"""AWS::EC2::LaunchTemplate: an update adds a version; the default version stays, as on AWS.

Its data is write-only in the schema, so AWS reports IN_SYNC whatever was changed outside
(https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2001).
"""

from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.shapes import accepted


class LaunchTemplate:
    """AWS::EC2::LaunchTemplate."""

    drift = True

    def create(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        name = names.given(request, "LaunchTemplateName", 128)
        values = accepted(ec2, "CreateLaunchTemplate", {**_content(request), "LaunchTemplateName": name})
        specifications = _tags(request)
        made = ec2.create_launch_template(**values, TagSpecifications=specifications)["LaunchTemplate"]
        return _handled(made)

    def update(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        if changed(request, "LaunchTemplateData", "VersionDescription"):
            values = accepted(ec2, "CreateLaunchTemplateVersion", _content(request))
            ec2.create_launch_template_version(**values, LaunchTemplateId=request.physical_id)
        if changed(request, "TagSpecifications") or request.tags != request.previous_tags:
            ec2.create_tags(Resources=[request.physical_id], Tags=_tags(request)[0]["Tags"])
        return _handled(self._describe(request))

    def delete(self, request: Request) -> None:
        request.client("ec2").delete_launch_template(LaunchTemplateId=request.physical_id)

    def read(self, request: Request) -> Properties:
        return {"LaunchTemplateName": self._describe(request)["LaunchTemplateName"]}

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        ec2 = request.client("ec2")
        found: dict[str, Any] = only(
            ec2.describe_launch_templates(LaunchTemplateIds=[request.physical_id])["LaunchTemplates"],
        )
        return found


def _content(request: Request) -> dict[str, Any]:
    wanted = ("LaunchTemplateData", "VersionDescription")
    return {name: request.properties[name] for name in wanted if name in request.properties}


def _tags(request: Request) -> list[dict[str, Any]]:
    specifications = request.properties.get("TagSpecifications", [])
    mine = [item for item in specifications if item["ResourceType"] == "launch-template"]
    own = tags.as_map([tag for item in mine for tag in item["Tags"]])
    return [{"ResourceType": "launch-template", "Tags": tags.listed({**request.tags, **own})}]


def _handled(template: dict[str, Any]) -> Handled:
    numbers = ("LatestVersionNumber", "DefaultVersionNumber")
    attributes = {name: str(template[name]) for name in numbers}
    identifier = template["LaunchTemplateId"]
    return Handled(identifier, {**attributes, "LaunchTemplateId": identifier})
