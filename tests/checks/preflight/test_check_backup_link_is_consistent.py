"""Half a link is told; it blocks only where this upgrade makes it so."""

from typing import Any

import pytest

from checks.preflight import check_backup_link_is_consistent as module
from tests.builders import body, entry, known, snapshot, stack, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load

CHECK = module.check_backup_link_is_consistent
VAULT, REGION, KEY = "pDestinationBackupVaultArn", "pDestinationBackupVaultCrossRegion", "pDestinationBackupS3KmsKey"
BUCKETS = ("pDestinationBackupCapsulesBucketArn", "pDestinationBackupResultsBucketArn")
EMPTY = {VAULT: "", REGION: "no", KEY: "", **dict.fromkeys(BUCKETS, "")}
WHOLE = {VAULT: "arn:vault", REGION: "no", KEY: "arn:key", **dict.fromkeys(BUCKETS, "arn:bucket")}


def judged(live: dict[str, str], configured: Any = None, **found: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    declared = {name: {"Type": "String", "Default": EMPTY[name]} for name in live}
    target = template("v4.1.0", Parameters={**body()["Parameters"], **declared})
    before = snapshot(**{"stack": known(stack(parameters=live)), "target": known(target), **found})
    return says(CHECK, before=before, entry=entry(parameters=configured or {}), product=load("codeocean"))


@pytest.mark.parametrize("live", [WHOLE, {**WHOLE, REGION: "yes"}, {VAULT: "arn:vault"}])
def test_a_whole_link_is_fine_in_one_region_or_across(live: dict[str, str]) -> None:
    assert judged(live)[0] is Outcome.PASS


HALVES = {
    "no key": ({**WHOLE, KEY: "", **dict.fromkeys(BUCKETS, "")}, [KEY]),
    "no bucket": ({**WHOLE, BUCKETS[1]: ""}, [BUCKETS[1]]),
    "no vault across regions": ({**EMPTY, REGION: "yes"}, [VAULT]),
}


@pytest.mark.parametrize(("live", "names"), HALVES.values(), ids=HALVES)
def test_half_a_link_that_has_been_so_is_told(live: dict[str, str], names: list[str]) -> None:
    outcome, findings = judged(live)

    assert outcome is Outcome.WARN
    assert [finding.property for finding in findings] == names


@pytest.mark.parametrize("half", [half for half, _ in HALVES.values()], ids=HALVES)
def test_half_a_link_that_the_plan_makes_blocks(half: dict[str, str]) -> None:
    changed = {name: value for name, value in half.items() if WHOLE[name] != value}

    assert judged(WHOLE, changed)[0] is Outcome.FAIL


def test_a_plan_that_completes_the_link_is_fine() -> None:
    half, _ = HALVES["no bucket"]

    assert judged(half, {BUCKETS[1]: "arn:bucket"})[0] is Outcome.PASS


def test_a_plan_that_changes_other_parameters_does_not_block() -> None:
    half, _ = HALVES["no key"]

    assert judged({**half}, {"pRdsAllocatedStorage": "30"})[0] is Outcome.WARN


def test_without_a_link_it_does_not_apply() -> None:
    assert judged(EMPTY)[0] is Outcome.NOT_APPLICABLE
    assert says(CHECK, before=snapshot(), entry=entry(), product=load("generic"))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["stack", "target"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert judged(WHOLE, {}, **{fact: unknown()})[0] is Outcome.ERROR
