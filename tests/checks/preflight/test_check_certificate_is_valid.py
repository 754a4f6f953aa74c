"""An expired certificate and a new one that waits for a person stop an upgrade; one that ends soon is told."""

from typing import Any

import pytest

from checks.preflight import check_certificate_is_valid as module
from tests.builders import CERTIFICATE, NOW, certificate, change, entry, known, plan, snapshot, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.health import Certificate
from upgrade.facts.known import Fact, Known, Reason
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_certificate_is_valid
TYPE = "AWS::CertificateManager::Certificate"


def facts(
    *certificates: Fact[Certificate], changes: tuple[ResourceChange, ...] = (), target: Any = None, **keys: Any
) -> dict[str, Any]:
    found = {each.value.arn if isinstance(each, Known) else "another": each for each in certificates}
    before = snapshot(certificates=known(found), target=known(target or template("v4.1.0")))
    return {"before": before, "plan": known(plan(*changes)), "entry": entry(**keys), "now": NOW}


def judged(*certificates: Certificate, **more: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, **facts(*map(known, certificates), **more))


def own(**changes: Any) -> ResourceChange:
    """A change of the stack's own certificate."""
    return change("Certificate", **{"type": TYPE, "physical_id": CERTIFICATE, **changes})


def made(**properties: Any) -> Any:
    return template("v4.1.0", Resources={"Certificate": {"Type": TYPE, "Properties": properties}})


MAIL = made(DomainName="co.example.com")
DNS = made(
    DomainName="co.example.com",
    SubjectAlternativeNames=["*.co.example.com"],
    ValidationMethod="DNS",
    DomainValidationOptions=[{"DomainName": "co.example.com", "HostedZoneId": "Z1"}],
)


@pytest.mark.parametrize(("days", "outcome"), [(300, Outcome.PASS), (30, Outcome.PASS), (25, Outcome.WARN)])
def test_one_that_ends_within_30_days_is_told(days: float, outcome: Outcome) -> None:
    assert judged(certificate(days))[0] is outcome


def test_how_many_days_can_be_configured() -> None:
    wanted = {"thresholds": {"certificate-is-valid": 60}}

    assert judged(certificate(45), checks=wanted)[0] is Outcome.WARN


@pytest.mark.parametrize("ended", [certificate(-1), certificate(300, status="EXPIRED"), certificate(0)])
def test_one_that_has_expired_fails(ended: Certificate) -> None:
    outcome, (finding,) = judged(ended)

    assert (outcome, finding.blocking, finding.physical_id) == (Outcome.FAIL, True, CERTIFICATE)


@pytest.mark.parametrize("status", ["PENDING_VALIDATION", "REVOKED", "FAILED", "SOMETHING_NEW"])
def test_one_that_is_not_issued_is_told(status: str) -> None:
    outcome, (finding,) = judged(certificate(status=status, expires=None))

    assert (outcome, finding.blocking) == (Outcome.WARN, False)
    assert status in finding.found


@pytest.mark.parametrize("way_out", [own(action="Remove"), own(replacement="True")], ids=["removed", "replaced"])
def test_one_that_the_plan_takes_away_no_longer_counts(way_out: ResourceChange) -> None:
    assert judged(certificate(-1), changes=(way_out,), target=DNS)[0] is Outcome.PASS


@pytest.mark.parametrize(
    "new", [own(action="Add", physical_id=""), own(replacement="True"), own(replacement="Conditional")]
)
def test_a_new_one_that_waits_for_a_person_fails(new: ResourceChange) -> None:
    outcome, findings = judged(changes=(new,), target=MAIL)

    assert outcome is Outcome.FAIL
    assert findings[0].found == (
        "the plan makes a new certificate Certificate, which waits for an e-mail to the owner of the domain to be answered"
    )


def test_a_new_one_validated_in_our_zone_passes() -> None:
    assert judged(changes=(own(action="Add", physical_id=""),), target=DNS)[0] is Outcome.PASS


def test_a_change_that_keeps_it_makes_no_new_one() -> None:
    assert judged(certificate(), changes=(own(replacement="False"),), target=MAIL)[0] is Outcome.PASS


def test_one_that_is_none_of_acms_is_told() -> None:
    outcome, (finding,) = says(CHECK, **facts(known(certificate()), unknown(Reason.NOT_ASKED)))

    assert (outcome, finding.blocking) == (Outcome.WARN, False)


def test_without_any_it_does_not_apply() -> None:
    assert remarks(CHECK, **facts()) == (
        Outcome.NOT_APPLICABLE,
        "no listener of the target shows a certificate, and the stack has none of its own",
    )


@pytest.mark.parametrize(
    ("before", "planned"),
    [
        (snapshot(certificates=unknown()), known(plan())),
        (snapshot(certificates=known({CERTIFICATE: unknown()})), known(plan())),
        (snapshot(), unknown()),
        (snapshot(target=unknown()), known(plan(own(action="Add")))),
    ],
    ids=["all", "one", "plan", "target"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot, planned: Fact[Plan]) -> None:
    assert says(CHECK, before=before, plan=planned, entry=entry(), now=NOW)[0] is Outcome.ERROR


def test_what_has_expired_fails_even_if_another_cannot_be_read() -> None:
    assert says(CHECK, **facts(known(certificate(-1)), unknown()))[0] is Outcome.FAIL
