"""Only what somebody else may still execute is a foreign change set."""

import pytest

from checks.preflight import check_no_foreign_change_set as module
from tests.builders import NOW, known, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.changes import ListedChangeSet
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_no_foreign_change_set


def listing(name: str, status: str, execution: str) -> Snapshot:
    return snapshot(change_sets=known((ListedChangeSet(f"arn:{name}", name, NOW, status, execution),)))


def test_no_change_set_at_all_passes() -> None:
    assert says(CHECK, before=snapshot())[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("name", "status", "execution"),
    [
        ("plimsoll-2", "CREATE_COMPLETE", "AVAILABLE"),
        ("theirs", "FAILED", "UNAVAILABLE"),
        ("theirs", "CREATE_COMPLETE", "OBSOLETE"),
        ("theirs", "CREATE_COMPLETE", "EXECUTE_FAILED"),
    ],
)
def test_ours_and_what_nobody_can_execute_pass(name: str, status: str, execution: str) -> None:
    assert says(CHECK, before=listing(name, status, execution))[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("status", "execution"), [("CREATE_COMPLETE", "AVAILABLE"), ("CREATE_IN_PROGRESS", "UNAVAILABLE")]
)
def test_one_that_waits_warns_by_name(status: str, execution: str) -> None:
    outcome, (finding,) = says(CHECK, before=listing("theirs", status, execution))

    assert outcome is Outcome.WARN
    assert finding.found.startswith("change set theirs, made at 2026-11-23 12:00 UTC, waits")


def test_a_list_that_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(change_sets=unknown()))[0] is Outcome.ERROR
