"""Windows and planned work between now and the end of the upgrade warn; tomorrow's do not."""

from datetime import timedelta
from typing import Any

import pytest

from checks.preflight import check_windows_are_clear as module
from tests.builders import NOW, entry, known, snapshot, unknown, upkeep
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.upkeep import Work

CHECK = module.check_windows_are_clear
HOUR = timedelta(hours=1)
"""NOW is a Monday, 12:00 UTC; an upgrade takes two hours."""


def judged(**changes: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(upkeep=known({"DB": upkeep(**changes)}))
    return says(CHECK, before=before, entry=entry(minutes=120), now=NOW)


def test_nothing_to_come_passes() -> None:
    assert judged()[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"backup": "13:30-14:30"}, "its backup window is 13:30-14:30 UTC"),
        (
            {"maintenance": ("tue:03:00-tue:04:00", "mon:11:30-mon:12:30")},
            "its maintenance window is mon:11:30-mon:12:30 UTC",
        ),
        ({"pending": (Work("system-update", NOW + HOUR),)}, "system-update is due at 2026-11-23 13:00 UTC"),
        ({"pending": (Work("system-update", NOW - HOUR),)}, "system-update is due at 2026-11-23 11:00 UTC"),
        ({"pending": (Work("service update s-1", None),)}, "service update s-1 is under way"),
    ],
)
def test_what_falls_into_the_upgrade_is_told(changes: dict[str, Any], problem: str) -> None:
    outcome, findings = judged(**changes)

    assert (outcome, [each.found for each in findings]) == (Outcome.WARN, [f"DB: {problem}"])
    assert findings[0].physical_id == "codeocean-db"


@pytest.mark.parametrize(
    "changes",
    [
        {"maintenance": ("tue:12:00-tue:13:00",)},
        {"backup": "14:00-15:00"},
        {"backup": "11:00-12:00"},
        {"backup": ""},
        {"pending": (Work("system-update", NOW + 2 * HOUR),)},
    ],
    ids=["tomorrow", "right after", "right before", "no backups", "work later"],
)
def test_what_does_not_is_not(changes: dict[str, Any]) -> None:
    assert judged(**changes)[0] is Outcome.PASS


def test_a_stack_without_such_services_is_not_applicable() -> None:
    before = snapshot(upkeep=known({}))
    assert remarks(CHECK, before=before, entry=entry(), now=NOW)[0] is Outcome.NOT_APPLICABLE


def test_what_can_not_be_read_or_understood_can_not_tell() -> None:
    assert says(CHECK, before=snapshot(upkeep=unknown()), entry=entry(), now=NOW)[0] is Outcome.ERROR
    assert judged(backup="some time")[0] is Outcome.ERROR
