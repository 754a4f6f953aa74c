"""AWS::EFS::FileSystem."""

from typing import Any

from sandbox.providers import tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.shapes import accepted, parsed, text


class FileSystem:
    """AWS::EFS::FileSystem; Ref is the id."""

    drift = True

    def create(self, request: Request) -> Handled:
        efs = request.client("efs")
        values = {**request.properties, "Tags": tags.listed(tags.wanted(request))}
        token = f"{request.stack_name}-{request.logical_id}-{request.suffix}"[:64]
        made = efs.create_file_system(**{**accepted(efs, "CreateFileSystem", values), "CreationToken": token})
        self._configure(request, efs, made["FileSystemId"])
        return self._handled(made)

    def update(self, request: Request) -> Handled:
        efs = request.client("efs")
        if changed(request, "ThroughputMode", "ProvisionedThroughputInMibps"):
            values = {**request.properties, "FileSystemId": request.physical_id}
            efs.update_file_system(**accepted(efs, "UpdateFileSystem", values))
        self._configure(request, efs, request.physical_id)
        tags.carry(
            request,
            lambda added: efs.tag_resource(ResourceId=request.physical_id, Tags=tags.listed(added)),
            lambda keys: efs.untag_resource(ResourceId=request.physical_id, TagKeys=keys),
        )
        return self._handled(self._describe(request))

    def delete(self, request: Request) -> None:
        request.client("efs").delete_file_system(FileSystemId=request.physical_id)

    def read(self, request: Request) -> Properties:
        efs = request.client("efs")
        identifier = request.physical_id
        live = self._describe(request)
        if "LifecyclePolicies" in request.properties:
            answer = efs.describe_lifecycle_configuration(FileSystemId=identifier)
            live["LifecyclePolicies"] = answer["LifecyclePolicies"]
        if "FileSystemPolicy" in request.properties:
            live["FileSystemPolicy"] = self._policy(efs, identifier)
        return {**live, "FileSystemTags": live.get("Tags", [])}

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        efs = request.client("efs")
        found: dict[str, Any] = only(efs.describe_file_systems(FileSystemId=request.physical_id)["FileSystems"])
        return found

    @staticmethod
    def _configure(request: Request, efs: Any, identifier: str) -> None:
        if changed(request, "LifecyclePolicies"):
            policies = request.properties.get("LifecyclePolicies", [])
            efs.put_lifecycle_configuration(FileSystemId=identifier, LifecyclePolicies=policies)
        if changed(request, "FileSystemPolicy") and "FileSystemPolicy" in request.properties:
            policy = text(request.properties["FileSystemPolicy"])
            efs.put_file_system_policy(FileSystemId=identifier, Policy=policy)

    @staticmethod
    def _policy(efs: Any, identifier: str) -> Any:
        try:
            return parsed(efs.describe_file_system_policy(FileSystemId=identifier)["Policy"])
        except efs.exceptions.PolicyNotFound:
            return None

    @staticmethod
    def _handled(system: dict[str, Any]) -> Handled:
        return Handled(system["FileSystemId"], {**system, "Arn": system["FileSystemArn"]})
