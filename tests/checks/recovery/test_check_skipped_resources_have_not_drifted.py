"""What was skipped is told as drift detection finds it, or that it does not."""

from checks.recovery import check_skipped_resources_have_not_drifted as module
from tests.builders import NOW, known, operation, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.drift import Drift, PropertyDifference, ResourceDrift
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_skipped_resources_have_not_drifted


def row(name: str, status: str, *differences: PropertyDifference) -> ResourceDrift:
    return ResourceDrift(name, f"{name}-1", "AWS::SNS::Topic", status, differences)


def after(*rows: ResourceDrift) -> Snapshot:
    return snapshot(drift=known(Drift(NOW, rows)))


def test_one_that_is_as_the_template_says_passes() -> None:
    assert says(CHECK, recovery=operation(skipped=("A",)), after=after(row("A", "IN_SYNC")))[0] is Outcome.PASS


def test_what_differs_and_what_was_not_checked_is_told() -> None:
    changed = PropertyDifference("/DisplayName", "old", "new", "NOT_EQUAL")
    found = after(row("Child.A", "MODIFIED", changed), row("B", "DELETED"), row("C", "NOT_CHECKED"))
    outcome, findings = says(CHECK, recovery=operation(skipped=("Child.A", "B", "C", "D")), after=found)
    assert outcome is Outcome.WARN
    assert [each.found for each in findings] == [
        "Child.A was skipped and is MODIFIED: /DisplayName is new, not old",
        "B was skipped and is DELETED",
        "C was skipped, and drift detection does not tell how it is (NOT_CHECKED)",
        "D was skipped, and drift detection does not tell how it is",
    ]


def test_without_a_skip_it_does_not_apply_and_undetected_it_cannot_tell() -> None:
    assert says(CHECK, recovery=operation(), after=after())[0] is Outcome.NOT_APPLICABLE
    undetected = snapshot(drift=unknown())
    assert says(CHECK, recovery=operation(skipped=("A",)), after=undetected)[0] is Outcome.ERROR
