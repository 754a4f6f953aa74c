"""Plans, selections, vaults, recovery points and copies as AWS Backup sees them."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from upgrade.aws.cloudformation import utc
from upgrade.facts.backups import CopyJob, RecoveryPoint, Selection, Vault
from upgrade.facts.gather import gather

COMPLETED, CONTINUOUS = "COMPLETED", "AVAILABLE"
"""States of recovery points that can be restored: of one made at once, and of one that goes on.
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RecoveryPointByResource.html"""


def read_recovery_points(client: Any, resource: str) -> list[RecoveryPoint]:
    """ListRecoveryPointsByResource: those that can be restored."""
    rows = _rows(
        client, "list_recovery_points_by_resource", "RecoveryPoints", ResourceArn=resource, ManagedByAWSBackupOnly=True
    )
    return [_point(row, resource) for row in rows if row["Status"] in {COMPLETED, CONTINUOUS}]


def read_arrived(client: Any, vault: str, since: datetime) -> tuple[RecoveryPoint, ...]:
    """ListRecoveryPointsByBackupVault: those that can be restored and were made since; `vault` is a name."""
    rows = _rows(
        client, "list_recovery_points_by_backup_vault", "RecoveryPoints", BackupVaultName=vault, ByCreatedAfter=since
    )
    return tuple(_point(row, row["ResourceArn"]) for row in rows if row["Status"] in {COMPLETED, CONTINUOUS})


def read_copies(client: Any, destination: str, since: datetime) -> tuple[CopyJob, ...]:
    """ListCopyJobs to a vault that were begun since; the newest first."""
    rows = _rows(client, "list_copy_jobs", "CopyJobs", ByDestinationVaultArn=destination, ByCreatedAfter=since)
    jobs = (
        CopyJob(
            resource=row["ResourceArn"],
            destination=row["DestinationBackupVaultArn"],
            state=row["State"],
            at=utc(row.get("CompletionDate") or row["CreationDate"]),
            message=row.get("StatusMessage", ""),
        )
        for row in rows
    )
    return tuple(sorted(jobs, key=lambda job: job.at, reverse=True))


def read_vaults(client: Any) -> dict[str, Vault]:
    """ListBackupVaults: every vault of the account, by name. One that does not exist is a denial if asked for by name."""
    return {row["BackupVaultName"]: _vault(row) for row in _rows(client, "list_backup_vaults", "BackupVaultList")}


def read_selections(client: Any) -> tuple[Selection, ...]:
    """ListBackupPlans, and GetBackupPlan and GetBackupSelection of each: every selection of the account."""
    plans = [row["BackupPlanId"] for row in _rows(client, "list_backup_plans", "BackupPlansList")]
    return tuple(chain.from_iterable(gather(partial(_selections, client, plan) for plan in plans)))


def _selections(client: Any, plan_id: str) -> list[Selection]:
    plan = client.get_backup_plan(BackupPlanId=plan_id)["BackupPlan"]
    ids = [
        row["SelectionId"]
        for row in _rows(client, "list_backup_selections", "BackupSelectionsList", BackupPlanId=plan_id)
    ]
    found = gather(partial(client.get_backup_selection, BackupPlanId=plan_id, SelectionId=id_) for id_ in ids)
    return [_selection(plan, row["BackupSelection"]) for row in found]


def _selection(plan: dict[str, Any], row: dict[str, Any]) -> Selection:
    copies = [copy["DestinationBackupVaultArn"] for rule in plan["Rules"] for copy in rule.get("CopyActions", [])]
    return Selection(
        plan=plan["BackupPlanName"],
        name=row["SelectionName"],
        role=row["IamRoleArn"],
        resources=tuple(row.get("Resources", [])),
        excluded=tuple(row.get("NotResources", [])),
        by_tags=bool(row.get("ListOfTags")) or any(row.get("Conditions", {}).values()),
        vaults=tuple(dict.fromkeys(rule["TargetBackupVaultName"] for rule in plan["Rules"])),
        copies_to=tuple(dict.fromkeys(copies)),
    )


def _point(row: dict[str, Any], resource: str) -> RecoveryPoint:
    return RecoveryPoint(resource, utc(row["CreationDate"]), row["BackupVaultName"], row["Status"] == CONTINUOUS)


def _vault(row: dict[str, Any]) -> Vault:
    return Vault(row["BackupVaultArn"], row.get("EncryptionKeyArn", ""))


def _rows(client: Any, operation: str, member: str, **wanted: Any) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate(**wanted):
        yield from page[member]
