"""Backup: jobs, copies, recovery points, selections, access policies and changed plans, which moto doesn't have.

A job is complete when StartBackupJob returns, and leaves a recovery point; so is a copy, if its vault is there.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from moto.backup import urls
from moto.backup.exceptions import ResourceNotFoundException
from moto.backup.models import BackupBackend, Plan, backup_backends
from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import unix_time

from sandbox.services import settings
from sandbox.services.backends import use_backend, use_responses

SIZE = 20 * 1024**3


class Backup(BackupBackend):  # type: ignore[misc]  # moto ships no types
    """moto's, with something in the vaults."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.jobs: list[dict[str, Any]] = []
        self.copies: list[dict[str, Any]] = []
        self.points: list[dict[str, Any]] = []
        self.selections: dict[str, dict[str, Any]] = {}
        self.policies: dict[str, str] = {}

    def delete_backup_plan(self, backup_plan_id: str) -> Any:
        answer = super().delete_backup_plan(backup_plan_id)
        self.plans.pop(backup_plan_id)
        return answer

    def back_up(self, vault_name: str, resource_arn: str, role_arn: str) -> dict[str, Any]:
        """Run a job to its end."""
        vault = self.describe_backup_vault(vault_name)
        place = {"BackupVaultName": vault_name, "BackupVaultArn": vault.backup_vault_arn}
        resource = {"ResourceArn": resource_arn, "ResourceType": resource_type(resource_arn), "IamRoleArn": role_arn}
        when = _now()
        arn = f"arn:aws:backup:{self.region_name}:{self.account_id}:recovery-point:{uuid4()}"
        common = {**place, **resource, **when, "RecoveryPointArn": arn, "BackupSizeInBytes": SIZE}
        job = {**common, "BackupJobId": str(uuid4()), "State": "COMPLETED", "PercentDone": "100.0", "IsParent": False}
        self.jobs.append(job)
        point = {**common, "Status": "COMPLETED", "EncryptionKeyArn": vault.encryption_key_arn, "IsEncrypted": True}
        self.points.append({**point, "BackupSizeBytes": SIZE, "VaultType": "BACKUP_VAULT"})
        vault.num_of_recovery_points += 1
        return job

    def copy(self, point_arn: str, source_name: str, destination_arn: str, role_arn: str) -> dict[str, Any]:
        """Copy a recovery point into a vault of any account and region; without that vault the copy has failed."""
        [point] = matching(self.points, {"RecoveryPointArn": point_arn, "BackupVaultName": source_name})
        *_, region, account, _, name = destination_arn.split(":")
        there = backup_backends[account][region]
        job = {
            "CopyJobId": str(uuid4()),
            "AccountId": self.account_id,
            "SourceBackupVaultArn": point["BackupVaultArn"],
            "SourceRecoveryPointArn": point_arn,
            "DestinationBackupVaultArn": destination_arn,
            "IamRoleArn": role_arn,
            **{key: point[key] for key in ("ResourceArn", "ResourceType", "BackupSizeInBytes")},
            **_now(),
        }
        if name in there.vaults:
            vault = there.vaults[name]
            arn = f"arn:aws:backup:{region}:{account}:recovery-point:{uuid4()}"
            place = {"BackupVaultName": name, "BackupVaultArn": destination_arn, "RecoveryPointArn": arn}
            there.points.append({**point, **place, **_now(), "EncryptionKeyArn": vault.encryption_key_arn})
            vault.num_of_recovery_points += 1
            job |= {"State": "COMPLETED", "DestinationRecoveryPointArn": arn}
        else:
            job |= {
                "State": "FAILED",
                "StatusMessage": f"The specified destination vault does not exist: {destination_arn}",
            }
        self.copies.append(job)
        return job


def _now() -> dict[str, float]:
    """The times of what happens now (knob `event_age`)."""
    moment = unix_time() - settings.knobs().event_age
    return {"CreationDate": moment, "CompletionDate": moment}


def resource_type(arn: str) -> str:
    """Backup's name of a resource's type."""
    service, resource = arn.split(":")[2], arn.split(":")[5]
    names = {"rds": "RDS", "elasticfilesystem": "EFS", "s3": "S3", "dynamodb": "DynamoDB"}
    if service == "ec2":
        return "EBS" if resource.startswith("volume/") else "EC2"
    return names.get(service, service)


def matching(rows: list[dict[str, Any]], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows, newest first, that have these values; None asks for nothing."""
    asked = {name: value for name, value in wanted.items() if value is not None}
    return [row for row in reversed(rows) if all(row.get(name) == value for name, value in asked.items())]


class BackupResponses(BackupResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, and what it leaves out."""

    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True

    def start_backup_job(self) -> ActionResult:
        names = ("BackupVaultName", "ResourceArn", "IamRoleArn")
        job = self.backup_backend.back_up(*(self._get_param(name) for name in names))
        wanted = ("BackupJobId", "CreationDate", "IsParent", "RecoveryPointArn")
        return ActionResult({name: job[name] for name in wanted})

    def describe_backup_job(self) -> ActionResult:
        return ActionResult(self._found(self.backup_backend.jobs, BackupJobId=self._get_param("BackupJobId")))

    def list_backup_jobs(self) -> ActionResult:
        wanted = {
            "ResourceArn": self._get_param("ByResourceArn"),
            "State": self._get_param("ByState"),
            "BackupVaultName": self._get_param("ByBackupVaultName"),
            "ResourceType": self._get_param("ByResourceType"),
        }
        rows = matching(self.backup_backend.jobs, wanted)
        after, before = self._get_param("ByCreatedAfter"), self._get_param("ByCreatedBefore")
        return ActionResult({"BackupJobs": [row for row in rows if _between(row["CreationDate"], after, before)]})

    def start_copy_job(self) -> ActionResult:
        names = ("RecoveryPointArn", "SourceBackupVaultName", "DestinationBackupVaultArn", "IamRoleArn")
        job = self.backup_backend.copy(*(self._get_param(name) for name in names))
        return ActionResult({name: job[name] for name in ("CopyJobId", "CreationDate")})

    def list_copy_jobs(self) -> ActionResult:
        wanted = {
            "ResourceArn": self._get_param("ByResourceArn"),
            "State": self._get_param("ByState"),
            "DestinationBackupVaultArn": self._get_param("ByDestinationVaultArn"),
        }
        rows = matching(self.backup_backend.copies, wanted)
        after, before = self._get_param("ByCreatedAfter"), self._get_param("ByCreatedBefore")
        return ActionResult({"CopyJobs": [row for row in rows if _between(row["CreationDate"], after, before)]})

    def list_recovery_points_by_resource(self) -> ActionResult:
        rows = matching(self.backup_backend.points, {"ResourceArn": self._get_param("ResourceArn")})
        return ActionResult({"RecoveryPoints": rows})

    def list_recovery_points_by_backup_vault(self) -> ActionResult:
        vault = self.backup_backend.describe_backup_vault(self._get_param("BackupVaultName"))
        wanted = {
            "BackupVaultName": vault.backup_vault_name,
            "ResourceArn": self._get_param("ByResourceArn"),
            "ResourceType": self._get_param("ByResourceType"),
        }
        rows = matching(self.backup_backend.points, wanted)
        after, before = self._get_param("ByCreatedAfter"), self._get_param("ByCreatedBefore")
        return ActionResult({"RecoveryPoints": [row for row in rows if _between(row["CreationDate"], after, before)]})

    def describe_recovery_point(self) -> ActionResult:
        arn = self._get_param("RecoveryPointArn")
        return ActionResult(self._found(self.backup_backend.points, RecoveryPointArn=arn))

    def delete_recovery_point(self) -> EmptyResult:
        point = self._found(self.backup_backend.points, RecoveryPointArn=self._get_param("RecoveryPointArn"))
        self.backup_backend.points.remove(point)
        self.backup_backend.describe_backup_vault(point["BackupVaultName"]).num_of_recovery_points -= 1
        return EmptyResult()

    def list_protected_resources(self) -> ActionResult:
        last = {row["ResourceArn"]: row for row in self.backup_backend.points}
        rows = [
            {"ResourceArn": arn, "ResourceType": row["ResourceType"], "LastBackupTime": row["CreationDate"]}
            for arn, row in last.items()
        ]
        return ActionResult({"Results": rows})

    def update_backup_plan(self) -> ActionResult:
        old = self.backup_backend.get_backup_plan(self._get_param("BackupPlanId"), None)
        plan = Plan(self._get_param("BackupPlan"), old.creator_request_id, self.backup_backend)
        plan.backup_plan_id, plan.backup_plan_arn = old.backup_plan_id, old.backup_plan_arn
        self.backup_backend.plans[plan.backup_plan_id] = plan
        return ActionResult(plan.to_dict())

    def create_backup_selection(self) -> ActionResult:
        plan_id = self._get_param("BackupPlanId")
        self.backup_backend.get_backup_plan(plan_id, None)
        made = {"SelectionId": str(uuid4()), "BackupPlanId": plan_id, "CreationDate": unix_time()}
        selection = {**made, "BackupSelection": self._get_param("BackupSelection")}
        self.backup_backend.selections[made["SelectionId"]] = selection
        return ActionResult(made)

    def get_backup_selection(self) -> ActionResult:
        return ActionResult(self._selection())

    def delete_backup_selection(self) -> EmptyResult:
        self.backup_backend.selections.pop(self._selection()["SelectionId"])
        return EmptyResult()

    def list_backup_selections(self) -> ActionResult:
        plan_id = self._get_param("BackupPlanId")
        self.backup_backend.get_backup_plan(plan_id, None)
        mine = [item for item in self.backup_backend.selections.values() if item["BackupPlanId"] == plan_id]
        rows = [{**item["BackupSelection"], **item} for item in mine]
        return ActionResult({"BackupSelectionsList": rows})

    def put_backup_vault_access_policy(self) -> EmptyResult:
        name = self._vault_name()
        self.backup_backend.policies[name] = self._get_param("Policy")
        return EmptyResult()

    def get_backup_vault_access_policy(self) -> ActionResult:
        name = self._vault_name()
        if name not in self.backup_backend.policies:
            raise ResourceNotFoundException("Backup Vault Access Policy does not exist")
        vault = self.backup_backend.describe_backup_vault(name)
        policy = self.backup_backend.policies[name]
        return ActionResult({"BackupVaultName": name, "BackupVaultArn": vault.backup_vault_arn, "Policy": policy})

    def delete_backup_vault_access_policy(self) -> EmptyResult:
        self.backup_backend.policies.pop(self._vault_name(), None)
        return EmptyResult()

    def _vault_name(self) -> str:
        return str(self.backup_backend.describe_backup_vault(self._get_param("BackupVaultName")).backup_vault_name)

    def _selection(self) -> dict[str, Any]:
        rows = list(self.backup_backend.selections.values())
        return self._found(
            rows, SelectionId=self._get_param("SelectionId"), BackupPlanId=self._get_param("BackupPlanId")
        )

    @staticmethod
    def _found(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
        found = matching(rows, wanted)
        if not found:
            raise ResourceNotFoundException(f"Cannot find {' '.join(map(str, wanted.values()))}")
        return found[0]


def _between(moment: float, after: Any, before: Any) -> bool:
    return (after is None or moment >= _seconds(after)) and (before is None or moment <= _seconds(before))


def _seconds(value: Any) -> float:
    return float(value.timestamp()) if hasattr(value, "timestamp") else float(value)


def install() -> None:
    """Use our backend and our responses, for every path of the service."""
    use_backend(backup_backends, Backup)
    use_responses(urls, BackupResponses)
    urls.url_paths["{0}/.*$"] = BackupResponses.dispatch
