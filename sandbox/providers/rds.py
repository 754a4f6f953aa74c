"""AWS::RDS: the database instance and the groups it needs.

AllocatedStorage as AWS's handler treats it since 2025 (aws-cloudformation-resource-providers-rds, Translator.java):
left alone, the larger of actual and template; changed, exactly the new value; rolled back, the largest of all.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import only
from sandbox.providers.shapes import accepted, text

CREATE_ONLY = {"DBInstanceIdentifier", "AllocatedStorage", "Tags"}


def _parameters(request: Request, client: Any, operation: str, values: Mapping[str, Any]) -> dict[str, Any]:
    renamed = {**values, "VpcSecurityGroupIds": values.get("VPCSecurityGroups")}
    return {**accepted(client, operation, renamed), "DBInstanceIdentifier": request.physical_id or _name(request)}


def _name(request: Request) -> str:
    return names.given(request, "DBInstanceIdentifier", 63, lower=True)


def _carry_tags(request: Request, rds: Any, arn: str) -> None:
    tags.carry(
        request,
        lambda added: rds.add_tags_to_resource(ResourceName=arn, Tags=tags.listed(added)),
        lambda keys: rds.remove_tags_from_resource(ResourceName=arn, TagKeys=keys),
    )


class DBInstance:
    """AWS::RDS::DBInstance."""

    drift = True

    def create(self, request: Request) -> Handled:
        rds = request.client("rds")
        all_tags = tags.listed(tags.wanted(request))
        operation = "CreateDBInstance"
        if request.properties.get("DBSnapshotIdentifier"):
            operation = "RestoreDBInstanceFromDBSnapshot"
        parameters = {**_parameters(request, rds, operation, request.properties), "Tags": all_tags}
        if operation == "CreateDBInstance":
            database = rds.create_db_instance(**parameters)["DBInstance"]
        else:
            database = rds.restore_db_instance_from_db_snapshot(**parameters)["DBInstance"]
        return Handled(database["DBInstanceIdentifier"], database)

    def update(self, request: Request) -> Handled:
        rds = request.client("rds")
        database = self._describe(request)
        differing = {
            name: value
            for name, value in request.properties.items()
            if name not in CREATE_ONLY and value != request.previous.get(name)
        }
        if "AllocatedStorage" in request.properties:
            differing["AllocatedStorage"] = storage(request, database["AllocatedStorage"])
        if differing:
            parameters = _parameters(request, rds, "ModifyDBInstance", differing)
            rds.modify_db_instance(**parameters, ApplyImmediately=True)
        _carry_tags(request, rds, database["DBInstanceArn"])
        return Handled(request.physical_id, self._describe(request))

    def delete(self, request: Request) -> None:
        request.client("rds").delete_db_instance(DBInstanceIdentifier=request.physical_id, SkipFinalSnapshot=True)

    def read(self, request: Request) -> Properties:
        database = self._describe(request)
        version = database["EngineVersion"]
        wanted = text(request.properties.get("EngineVersion", version))
        groups = [group["VpcSecurityGroupId"] for group in database.get("VpcSecurityGroups", [])]
        return {
            "MaxAllocatedStorage": None,
            **{name: value for name, value in database.items() if name not in {"Endpoint", "DBName"}},
            "EngineVersion": wanted if is_version(wanted, version) else version,
            "DBParameterGroupName": database["DBParameterGroups"][0]["DBParameterGroupName"],
            "DBSubnetGroupName": database.get("DBSubnetGroup", {}).get("DBSubnetGroupName"),
            "VPCSecurityGroups": groups,
            "Port": database.get("Endpoint", {}).get("Port"),
            "Tags": database.get("TagList", []),
        }

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        rds = request.client("rds")
        found: dict[str, Any] = only(
            rds.describe_db_instances(DBInstanceIdentifier=request.physical_id)["DBInstances"],
        )
        return found


def storage(request: Request, actual: int) -> int:
    """The AllocatedStorage in GiB that an update asks the service for."""
    wanted = int(request.properties["AllocatedStorage"])
    before = int(request.previous.get("AllocatedStorage", wanted))
    if request.rollback:
        return max(wanted, before, actual)
    return max(wanted, actual) if wanted == before else wanted


def is_version(wanted: str, actual: str) -> bool:
    """The schema's propertyTransform: `15` stands for `15.7`."""
    return actual == wanted or actual.startswith(f"{wanted}.")


class DBSubnetGroup:
    """AWS::RDS::DBSubnetGroup."""

    drift = True

    def create(self, request: Request) -> Handled:
        rds = request.client("rds")
        name = names.given(request, "DBSubnetGroupName", lower=True)
        values = {**request.properties, "DBSubnetGroupName": name, "Tags": tags.listed(tags.wanted(request))}
        rds.create_db_subnet_group(**accepted(rds, "CreateDBSubnetGroup", values))
        return Handled(name, {})

    def update(self, request: Request) -> Handled:
        rds = request.client("rds")
        values = {**request.properties, "DBSubnetGroupName": request.physical_id}
        group = rds.modify_db_subnet_group(**accepted(rds, "ModifyDBSubnetGroup", values))["DBSubnetGroup"]
        _carry_tags(request, rds, group["DBSubnetGroupArn"])
        return Handled(request.physical_id, {})

    def delete(self, request: Request) -> None:
        request.client("rds").delete_db_subnet_group(DBSubnetGroupName=request.physical_id)

    def read(self, request: Request) -> Properties:
        rds = request.client("rds")
        group = only(rds.describe_db_subnet_groups(DBSubnetGroupName=request.physical_id)["DBSubnetGroups"])
        return {
            "DBSubnetGroupName": group["DBSubnetGroupName"],
            "DBSubnetGroupDescription": group["DBSubnetGroupDescription"],
            "SubnetIds": [subnet["SubnetIdentifier"] for subnet in group["Subnets"]],
            "Tags": rds.list_tags_for_resource(ResourceName=group["DBSubnetGroupArn"])["TagList"],
        }


class DBParameterGroup:
    """AWS::RDS::DBParameterGroup."""

    drift = True

    def create(self, request: Request) -> Handled:
        rds = request.client("rds")
        name = names.given(request, "DBParameterGroupName", lower=True)
        rds.create_db_parameter_group(
            DBParameterGroupName=name,
            DBParameterGroupFamily=request.properties["Family"],
            Description=request.properties["Description"],
            Tags=tags.listed(tags.wanted(request)),
        )
        self._set(rds, name, request.properties.get("Parameters", {}))
        return Handled(name, {"DBParameterGroupName": name})

    def update(self, request: Request) -> Handled:
        rds = request.client("rds")
        self._set(rds, request.physical_id, request.properties.get("Parameters", {}))
        arn = names.arn(request, "rds", f"pg:{request.physical_id}")
        _carry_tags(request, rds, arn)
        return Handled(request.physical_id, {"DBParameterGroupName": request.physical_id})

    def delete(self, request: Request) -> None:
        request.client("rds").delete_db_parameter_group(DBParameterGroupName=request.physical_id)

    def read(self, request: Request) -> Properties:
        rds = request.client("rds")
        name = request.physical_id
        group = only(rds.describe_db_parameter_groups(DBParameterGroupName=name)["DBParameterGroups"])
        found = rds.describe_db_parameters(DBParameterGroupName=name)["Parameters"]
        return {
            "Family": group["DBParameterGroupFamily"],
            "Description": group["Description"],
            "Parameters": {item["ParameterName"]: item.get("ParameterValue") for item in found},
            "Tags": rds.list_tags_for_resource(ResourceName=group["DBParameterGroupArn"])["TagList"],
        }

    @staticmethod
    def _set(rds: Any, name: str, parameters: Mapping[str, Any]) -> None:
        changes = [
            {"ParameterName": key, "ParameterValue": text(value), "ApplyMethod": "pending-reboot"}
            for key, value in parameters.items()
        ]
        if changes:
            rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=changes)
