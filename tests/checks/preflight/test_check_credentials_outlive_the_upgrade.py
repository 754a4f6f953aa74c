"""Sessions that end before the update does, with and without a service role that works on without them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.preflight import check_credentials_outlive_the_upgrade as module
from tests.builders import NOW, entry, known, role, session, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.known import Fact
from upgrade.facts.services import Role
from upgrade.facts.stack import Credentials

CHECK = module.check_credentials_outlive_the_upgrade
MINUTES = 120
ENOUGH = NOW + timedelta(minutes=MINUTES)
TOO_SOON = ENOUGH - timedelta(seconds=1)


NO_ROLE: Fact[Role | None] = known(None)


def judged(
    credentials: Credentials, service_role: Fact[Role | None] = NO_ROLE, **settings: Any
) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(credentials=known(credentials), service_role=service_role)
    return says(CHECK, before=before, entry=entry(**{"minutes": MINUTES, **settings}), now=NOW)


def test_keys_that_never_expire_pass() -> None:
    assert judged(session(temporary=False, expires=None))[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("expires", "outcome"), [(ENOUGH, Outcome.PASS), (TOO_SOON, Outcome.FAIL), (NOW - timedelta(hours=1), Outcome.FAIL)]
)
def test_the_session_has_to_last_as_long_as_the_update_may(expires: datetime, outcome: Outcome) -> None:
    assert judged(session(expires=expires))[0] is outcome


def test_the_end_and_what_is_needed_are_told() -> None:
    _, findings = judged(session(expires=NOW + timedelta(minutes=50)))

    assert findings[0].found == "the AWS session ends at 2026-11-23 12:50 UTC"
    assert findings[0].expected == "a session valid until 2026-11-23 14:00 UTC, 120 minutes from now"
    assert "service_role_arn" in findings[0].remedy


def test_with_a_service_role_only_the_watching_ends() -> None:
    assert judged(session(expires=TOO_SOON), known(role()))[0] is Outcome.WARN
    assert judged(session(expires=ENOUGH), known(role()))[0] is Outcome.PASS


@pytest.mark.parametrize(("minutes", "outcome"), [(60, Outcome.PASS), (61, Outcome.WARN)])
def test_a_session_without_visible_end_counts_as_one_hour_and_never_blocks(minutes: int, outcome: Outcome) -> None:
    said, findings = judged(session(expires=None), minutes=minutes)

    assert said is outcome
    assert all("one hour is assumed" in finding.found for finding in findings)


@pytest.mark.parametrize("expires", [TOO_SOON, None])
def test_a_renewed_session_watches_to_the_end_where_a_role_does_the_work(expires: datetime | None) -> None:
    assert judged(session(renewable=True, expires=expires), known(role()))[0] is Outcome.PASS


def test_a_renewed_session_that_lasts_anyway_passes() -> None:
    assert judged(session(renewable=True, expires=ENOUGH))[0] is Outcome.PASS


def test_renewing_here_does_not_renew_what_cloudformation_works_with() -> None:
    # CloudFormation gets the session as it is when the change set is executed, and nobody hands it the next one:
    # https://github.com/eksctl-io/eksctl/issues/7095
    assert judged(session(renewable=True, expires=NOW + timedelta(minutes=20)))[0] is Outcome.FAIL


def test_a_role_that_could_not_be_read_is_no_pass() -> None:
    assert judged(session(expires=TOO_SOON), unknown())[0] is not Outcome.PASS


def test_unknown_credentials_cannot_tell() -> None:
    before = snapshot(credentials=unknown())

    assert says(CHECK, before=before, entry=entry(), now=NOW)[0] is Outcome.ERROR
