"""AWS::SSM::Parameter."""

from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.shapes import accepted


class Parameter:
    """AWS::SSM::Parameter; Ref is the name. An update adds a version."""

    drift = True

    def create(self, request: Request) -> Handled:
        ssm = request.client("ssm")
        name = names.given(request, "Name")
        values = {**request.properties, "Name": name, "Tags": tags.listed(tags.wanted(request))}
        ssm.put_parameter(**accepted(ssm, "PutParameter", values))
        return self._handled(request, name)

    def update(self, request: Request) -> Handled:
        ssm = request.client("ssm")
        name = request.physical_id
        if changed(request, "Value", "Type", "Description", "AllowedPattern", "Tier", "DataType"):
            values = {name: value for name, value in request.properties.items() if name != "Tags"}
            ssm.put_parameter(**{**accepted(ssm, "PutParameter", values), "Name": name, "Overwrite": True})
        tags.carry(
            request,
            lambda added: ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=tags.listed(added)),
            lambda keys: ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId=name, TagKeys=keys),
        )
        return self._handled(request, name)

    def delete(self, request: Request) -> None:
        request.client("ssm").delete_parameter(Name=request.physical_id)

    def read(self, request: Request) -> Properties:
        ssm = request.client("ssm")
        name = request.physical_id
        filters = [{"Key": "Name", "Values": [name]}]
        described = only(ssm.describe_parameters(ParameterFilters=filters)["Parameters"])
        found = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
        value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
        return {"Description": None, **described, "Value": value, "Tags": found}

    @staticmethod
    def _handled(request: Request, name: str) -> Handled:
        found: dict[str, Any] = request.client("ssm").get_parameter(Name=name)["Parameter"]
        return Handled(name, {"Type": found["Type"], "Value": found["Value"]})
