"""AWS::Backup: vault, plan and selection."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers import tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed
from sandbox.providers.shapes import accepted, parsed, text


def _carry_tags(request: Request, backup: Any, arn: str) -> None:
    tags.carry(
        request,
        lambda added: backup.tag_resource(ResourceArn=arn, Tags=added),
        lambda keys: backup.untag_resource(ResourceArn=arn, TagKeyList=keys),
    )


class BackupVault:
    """AWS::Backup::BackupVault; Ref is the name."""

    drift = True

    def create(self, request: Request) -> Handled:
        backup = request.client("backup")
        values = {**request.properties, "BackupVaultTags": tags.wanted(request)}
        vault = backup.create_backup_vault(**accepted(backup, "CreateBackupVault", values))
        self._set_policy(request, backup, vault["BackupVaultName"])
        return Handled(vault["BackupVaultName"], vault)

    def update(self, request: Request) -> Handled:
        backup = request.client("backup")
        vault = backup.describe_backup_vault(BackupVaultName=request.physical_id)
        self._set_policy(request, backup, request.physical_id)
        _carry_tags(request, backup, vault["BackupVaultArn"])
        return Handled(request.physical_id, vault)

    def delete(self, request: Request) -> None:
        request.client("backup").delete_backup_vault(BackupVaultName=request.physical_id)

    def read(self, request: Request) -> Properties:
        backup = request.client("backup")
        name = request.physical_id
        vault = backup.describe_backup_vault(BackupVaultName=name)
        found = backup.list_tags(ResourceArn=vault["BackupVaultArn"]).get("Tags", {})
        live = {**vault, "BackupVaultTags": found}
        if "AccessPolicy" in request.properties:
            live["AccessPolicy"] = self._policy(backup, name)
        return live

    @staticmethod
    def _policy(backup: Any, name: str) -> Any:
        try:
            return parsed(backup.get_backup_vault_access_policy(BackupVaultName=name)["Policy"])
        except backup.exceptions.ResourceNotFoundException:
            return None

    @staticmethod
    def _set_policy(request: Request, backup: Any, name: str) -> None:
        if not changed(request, "AccessPolicy"):
            return
        if "AccessPolicy" in request.properties:
            policy = text(request.properties["AccessPolicy"])
            backup.put_backup_vault_access_policy(BackupVaultName=name, Policy=policy)
        else:
            backup.delete_backup_vault_access_policy(BackupVaultName=name)


class BackupPlan:
    """AWS::Backup::BackupPlan; Ref is the id."""

    drift = True

    def create(self, request: Request) -> Handled:
        backup = request.client("backup")
        values = {"BackupPlan": _plan(request.properties), "BackupPlanTags": tags.wanted(request)}
        return self._handled(backup.create_backup_plan(**accepted(backup, "CreateBackupPlan", values)))

    def update(self, request: Request) -> Handled:
        backup = request.client("backup")
        plan = backup.get_backup_plan(BackupPlanId=request.physical_id)
        if changed(request, "BackupPlan"):
            values = {"BackupPlan": _plan(request.properties), "BackupPlanId": request.physical_id}
            plan = backup.update_backup_plan(**accepted(backup, "UpdateBackupPlan", values))
        _carry_tags(request, backup, plan["BackupPlanArn"])
        return self._handled(plan)

    def delete(self, request: Request) -> None:
        request.client("backup").delete_backup_plan(BackupPlanId=request.physical_id)

    def read(self, request: Request) -> Properties:
        backup = request.client("backup")
        answer = backup.get_backup_plan(BackupPlanId=request.physical_id)
        plan = answer["BackupPlan"]
        rules = [{**rule, "TargetBackupVault": rule["TargetBackupVaultName"]} for rule in plan["Rules"]]
        found = backup.list_tags(ResourceArn=answer["BackupPlanArn"]).get("Tags", {})
        return {"BackupPlan": {**plan, "BackupPlanRule": rules}, "BackupPlanTags": found}

    @staticmethod
    def _handled(plan: Mapping[str, Any]) -> Handled:
        return Handled(plan["BackupPlanId"], plan)


def _plan(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The template's plan with the names of the API."""
    plan = properties["BackupPlan"]
    rules = [{**rule, "TargetBackupVaultName": rule["TargetBackupVault"]} for rule in plan["BackupPlanRule"]]
    return {**plan, "Rules": rules}


class BackupSelection:
    """AWS::Backup::BackupSelection: it can't be changed, only replaced."""

    drift = True

    def create(self, request: Request) -> Handled:
        backup = request.client("backup")
        made = backup.create_backup_selection(**accepted(backup, "CreateBackupSelection", request.properties))
        identifier = f"{made['SelectionId']}_{made['BackupPlanId']}"
        return Handled(identifier, {**made, "Id": identifier})

    def update(self, request: Request) -> Handled:
        return Handled(request.physical_id, {"SelectionId": _ids(request)["SelectionId"], "Id": request.physical_id})

    def delete(self, request: Request) -> None:
        request.client("backup").delete_backup_selection(**_ids(request))

    def read(self, request: Request) -> Properties:
        found: dict[str, Any] = request.client("backup").get_backup_selection(**_ids(request))
        return found


def _ids(request: Request) -> dict[str, str]:
    selection, plan = request.physical_id.split("_", 1)
    return {"SelectionId": selection, "BackupPlanId": plan}
