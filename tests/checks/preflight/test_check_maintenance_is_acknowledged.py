"""What no API tells a person states: for this pair of versions, and not yesterday."""

from datetime import timedelta
from typing import Any

import pytest

from checks.preflight import check_maintenance_is_acknowledged as module
from tests.builders import NOW, acknowledgement, known, review, snapshot, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.review import Acknowledgement
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_maintenance_is_acknowledged


def judged(*stated: Acknowledgement, before: Snapshot | None = None) -> tuple[Outcome, tuple[Finding, ...]]:
    facts: dict[str, Any] = {"before": before or snapshot(), "review": review(*stated)}
    return says(CHECK, **facts, product=load("codeocean"), now=NOW)


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(hours=12)], ids=["now", "twelve hours ago"])
def test_a_fresh_statement_passes(ago: timedelta) -> None:
    assert judged(acknowledgement(at=NOW - ago))[0] is Outcome.PASS


def test_without_a_statement_it_fails_with_what_to_do_and_the_option() -> None:
    outcome, findings = judged()

    assert outcome is Outcome.FAIL
    assert "nobody has acknowledged maintenance_mode" in findings[0].found
    assert "Enable Maintenance Mode" in findings[0].remedy
    assert findings[0].paste == "--acknowledge=maintenance_mode"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"at": NOW - timedelta(hours=12, seconds=1)}, "at 2026-11-22 23:59 UTC, more than 12 hours ago"),
        ({"at": NOW + timedelta(seconds=1)}, "in the future"),
        ({"deployed": "v3.9.0"}, "for v3.9.0 → v4.1.0, this upgrade is v4.0.0 → v4.1.0"),
        ({"target": "v4.2.0"}, "for v4.0.0 → v4.2.0, this upgrade is v4.0.0 → v4.1.0"),
        ({"id": "backup_upgraded"}, "nobody has acknowledged maintenance_mode"),
    ],
)
def test_a_statement_of_another_time_or_upgrade_does_not_count(changes: dict[str, Any], told: str) -> None:
    outcome, findings = judged(acknowledgement(**changes))

    assert outcome is Outcome.FAIL
    assert told in findings[0].found


def test_one_valid_statement_among_others_is_enough() -> None:
    assert judged(acknowledgement(deployed="v3.9.0"), acknowledgement())[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("deployed", "stated", "remedy"),
    [
        ("v3.1.0", "whether maintenance mode is on", "Enable Maintenance Mode"),
        ("v3.0.9", "whether all activity is stopped", "stop all activity by hand"),
        ("v2.22.0", "whether all activity is stopped", "stop all activity by hand"),
    ],
)
def test_what_has_to_be_stated_depends_on_the_deployed_version(deployed: str, stated: str, remedy: str) -> None:
    _, findings = judged(before=snapshot(template=known(template(deployed))))

    assert stated in findings[0].found
    assert remedy in findings[0].remedy


def test_a_template_without_mark_is_named_by_its_hash() -> None:
    unmarked = snapshot(template=known(template("v4.0.0", Metadata={})))
    name = unmarked.template.value.sha256[:12]

    assert judged(acknowledgement(deployed=name), before=unmarked)[0] is Outcome.PASS
    assert judged(acknowledgement(), before=unmarked)[0] is Outcome.FAIL


def test_a_product_without_maintenance_mode_is_not_applicable() -> None:
    told = remarks(CHECK, before=snapshot(), review=review(), product=load("generic"), now=NOW)

    assert told == (Outcome.NOT_APPLICABLE, "product generic has no maintenance mode")


@pytest.mark.parametrize(
    "before",
    [snapshot(template=unknown()), snapshot(target=unknown())],
    ids=["deployed", "target"],
)
def test_for_unknown_versions_it_cannot_tell(before: Snapshot) -> None:
    assert judged(acknowledgement(), acknowledgement(deployed="unknown"), before=before)[0] is Outcome.ERROR
