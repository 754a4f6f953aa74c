"""AWS::Lambda::Function. Its code is not looked at: nothing in the sandbox runs it."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed
from sandbox.providers.shapes import accepted

NAME_LIMIT = 64
CODE = ("Code", "Architectures")


class Function:
    """AWS::Lambda::Function; Ref is the name."""

    drift = True

    def create(self, request: Request) -> Handled:
        client, name = request.client("lambda"), names.given(request, "FunctionName", NAME_LIMIT)
        code = {"ZipFile": _archive(request.properties["Code"])}
        values = {**request.properties, "FunctionName": name, "Code": code, "Tags": _tags(request)}
        made = client.create_function(**accepted(client, "CreateFunction", values))
        self._reserve(request, client, name)
        return _handled(made)

    def update(self, request: Request) -> Handled:
        client, name = request.client("lambda"), request.physical_id
        if changed(request, *CODE):
            client.update_function_code(FunctionName=name, ZipFile=_archive(request.properties["Code"]))
        values = {**request.properties, "FunctionName": name}
        made = client.update_function_configuration(**accepted(client, "UpdateFunctionConfiguration", values))
        if changed(request, "ReservedConcurrentExecutions"):
            self._reserve(request, client, name)
        tags.carry(
            request,
            lambda added: client.tag_resource(Resource=made["FunctionArn"], Tags=tags.without_system(added)),
            lambda keys: client.untag_resource(Resource=made["FunctionArn"], TagKeys=keys),
        )
        return _handled(made)

    def delete(self, request: Request) -> None:
        request.client("lambda").delete_function(FunctionName=request.physical_id)

    def read(self, request: Request) -> Properties:
        client, name = request.client("lambda"), request.physical_id
        found = client.get_function_configuration(FunctionName=name)
        reserved = client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
        live = {key: value for key, value in found.items() if key not in {"Layers", "LoggingConfig"}}
        shown = client.list_tags(Resource=found["FunctionArn"])["Tags"]
        return {**live, "ReservedConcurrentExecutions": reserved, "Tags": tags.listed(shown)}

    @staticmethod
    def _reserve(request: Request, client: Any, name: str) -> None:
        reserved = request.properties.get("ReservedConcurrentExecutions")
        if reserved is None:
            client.delete_function_concurrency(FunctionName=name)
        else:
            client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=int(reserved))


def _tags(request: Request) -> dict[str, str]:
    return tags.without_system(tags.wanted(request))


def _archive(code: Mapping[str, Any]) -> bytes:
    """What stands for the function's code: an archive of what the template says of it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.py", json.dumps(code, sort_keys=True))
    return file.getvalue()


def _handled(found: Mapping[str, Any]) -> Handled:
    return Handled(found["FunctionName"], {"Arn": found["FunctionArn"]})
