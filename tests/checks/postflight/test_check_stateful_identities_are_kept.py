"""Same logical id, same physical id, for whatever holds data."""

from dataclasses import replace

import pytest

from checks.postflight import check_stateful_identities_are_kept as module
from tests.builders import RESOURCES, known, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.config.product import load
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Resource

CHECK = module.check_stateful_identities_are_kept


def after(*resources: Resource) -> Snapshot:
    return snapshot(resources=known(resources))


def judged(before: Snapshot, now: Snapshot) -> Outcome:
    return says(CHECK, before=before, after=now, product=load("codeocean"))[0]


def test_the_same_ids_pass() -> None:
    assert judged(snapshot(), snapshot()) is Outcome.PASS


def test_another_id_fails() -> None:
    now = after(*(replace(r, physical_id="vol-2") if r.logical_id == "DataVolume" else r for r in RESOURCES))
    outcome, findings = says(CHECK, before=snapshot(), after=now, product=load("codeocean"))

    assert outcome is Outcome.FAIL
    assert findings[0].found == "DataVolume is now vol-2, it was vol-1"


def test_a_missing_one_fails() -> None:
    assert judged(snapshot(), after(RESOURCES[0])) is Outcome.FAIL


def test_a_stateless_resource_may_change() -> None:
    now = after(*RESOURCES[:2], replace(RESOURCES[2], physical_id="other"))

    assert judged(snapshot(), now) is Outcome.PASS


def test_a_stack_without_data_is_not_applicable() -> None:
    assert judged(after(RESOURCES[2]), after(RESOURCES[2])) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("before", "now"), [(snapshot(), snapshot(resources=unknown())), (snapshot(resources=unknown()), snapshot())]
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot, now: Snapshot) -> None:
    assert judged(before, now) is Outcome.ERROR
