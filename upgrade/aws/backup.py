"""Plans, selections and vaults as AWS Backup sees them."""

from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

from upgrade.facts.backups import Selection, Vault
from upgrade.facts.gather import gather


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


def _vault(row: dict[str, Any]) -> Vault:
    return Vault(row["BackupVaultArn"], row.get("EncryptionKeyArn", ""))


def _rows(client: Any, operation: str, member: str, **wanted: Any) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate(**wanted):
        yield from page[member]
