"""The vendor's real templates from end to end: v3.7.0 live, v3.8.2 as target."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.gate import CHECKOUT, pytest_gate

FOLDER = Path(os.environ.get("PLIMSOLL_VENDOR_TEMPLATES") or CHECKOUT.parent / "shared" / "vendor")

pytestmark = [
    pytest.mark.vendor,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the vendor's templates are not at {FOLDER}"),
]

LAUNCH_TEMPLATES = {"Batch", "BatchJobs", "Workers", "GPUWorkers", "DedicatedMachines", "Services"}


@pytest.mark.parametrize("scenario", ["vendor", "vendor-internal"])
def test_the_vendors_upgrade_is_upgraded(scenario: str, tmp_path: Path) -> None:
    run = pytest_gate(tmp_path, "--stack", "demo", f"--scenario={scenario}", "--upgrade")
    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output

    plan, prediction = (each["value"]["changes"] for each in (run.record["plan"], run.record["before"]["prediction"]))
    assert list(map(_essence, prediction)) == list(map(_essence, plan))

    changes = {change["logical_id"]: change for change in run.record["plan"]["value"]["changes"]}
    assert Counter(change["action"] for change in changes.values() if change["action"] != "Modify") == {
        "Add": 2,
        "Remove": 1,
    }
    assert {f"{name}LaunchTemplate" for name in LAUNCH_TEMPLATES} <= changes.keys()
    assert _static(changes["DataVolume"]) == {"Tags"}
    dynamic_only = [change for change in changes.values() if change["action"] == "Modify" and not _static(change)]
    assert all(_cause(detail) in changes for change in dynamic_only for detail in change["details"])
    untouched = ("AWS::RDS::", "AWS::EFS::", "AWS::ElastiCache::", "AWS::OpenSearchService::")
    assert not [name for name, change in changes.items() if change["type"].startswith(untouched)]


def _essence(change: dict[str, Any]) -> tuple[str, ...]:
    """With values AWS says of what is added that it replaces: only what is there can be replaced."""
    replacement = change["replacement"] if change["action"] == "Modify" else ""
    return change["logical_id"], change["action"], change["type"], replacement, change["policy_action"]


def _static(change: dict[str, Any]) -> set[str]:
    return {detail["name"] or detail["attribute"] for detail in change["details"] if detail["evaluation"] == "Static"}


def _cause(detail: dict[str, Any]) -> str:
    return str(detail["causing_entity"]).partition(".")[0]
