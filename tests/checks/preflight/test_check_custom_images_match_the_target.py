"""A custom image or registry must be stated to fit the target version."""

from typing import Any

import pytest

from checks.preflight import check_custom_images_match_the_target as module
from tests.builders import NOW, acknowledgement, entry, known, review, snapshot, stack, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.review import Acknowledgement
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_custom_images_match_the_target
AMI, REGISTRY = "pCustomAmi", "pCustomUpstreamDockerRegistryEndpoint"
DECLARED = {AMI: {"Type": "String", "Default": ""}, REGISTRY: {"Type": "String", "Default": "public.ecr.aws/codeocean"}}


def world(target: str = "v4.1.0", **parameters: str) -> Snapshot:
    return snapshot(
        stack=known(stack(parameters=parameters)),
        template=known(template(Parameters=DECLARED)),
        target=known(template(target, Parameters=DECLARED)),
    )


def judged(before: Snapshot, *stated: Acknowledgement, **settings: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    facts = {"before": before, "entry": entry(**settings), "product": load("codeocean")}
    return says(CHECK, **facts, review=review(*stated), now=NOW)


STATED = acknowledgement(id="custom_images")


@pytest.mark.parametrize("parameters", [{AMI: "ami-0123456789abcdef0"}, {REGISTRY: "registry.example/codeocean"}])
def test_a_custom_image_nobody_spoke_for_fails(parameters: dict[str, str]) -> None:
    outcome, findings = judged(world(**parameters))

    assert outcome is Outcome.FAIL
    assert [finding.property for finding in findings] == list(parameters)
    assert findings[0].paste == "--acknowledge=custom_images"


def test_a_custom_registry_that_was_acknowledged_passes() -> None:
    assert judged(world(**{REGISTRY: "registry.example/codeocean"}), STATED)[0] is Outcome.PASS


def test_what_was_stated_for_another_version_does_not_count() -> None:
    old = acknowledgement(id="custom_images", deployed="v3.9.0", target="v4.0.0")

    assert judged(world(**{AMI: "ami-0123456789abcdef0"}), old)[0] is Outcome.FAIL


def test_a_statement_of_long_ago_for_this_version_counts() -> None:
    old = acknowledgement(id="custom_images", at=NOW.replace(year=2025))

    assert judged(world(**{AMI: "ami-0123456789abcdef0"}), old)[0] is Outcome.PASS


@pytest.mark.parametrize("parameters", [{}, {AMI: ""}, {REGISTRY: "public.ecr.aws/codeocean"}], ids=str)
def test_the_vendors_own_images_need_no_word(parameters: dict[str, str]) -> None:
    assert judged(world(**parameters))[0] is Outcome.NOT_APPLICABLE


def test_an_upgrade_that_goes_back_to_the_vendors_image_needs_no_word() -> None:
    before = world(**{AMI: "ami-0123456789abcdef0"})

    assert judged(before, parameters={AMI: ""})[0] is Outcome.NOT_APPLICABLE


def test_one_that_is_chosen_for_this_upgrade_needs_no_word() -> None:
    before = world(**{AMI: "ami-0123456789abcdef0", REGISTRY: ""})
    chosen = {AMI: "ami-0fedcba9876543210", REGISTRY: "registry.example/codeocean"}

    assert judged(before, parameters=chosen)[0] is Outcome.NOT_APPLICABLE


def test_where_the_version_stays_so_do_the_images() -> None:
    assert judged(world("v4.0.0", **{AMI: "ami-0123456789abcdef0"}))[0] is Outcome.NOT_APPLICABLE


def test_a_product_without_custom_images_is_not_applicable() -> None:
    facts = {"before": world(**{AMI: "ami-1"}), "entry": entry(), "product": load("generic")}
    outcome, why = remarks(CHECK, **facts, review=review(), now=NOW)

    assert (outcome, why) == (Outcome.NOT_APPLICABLE, "product generic has no custom images")


def test_a_stack_that_cannot_be_read_cannot_tell() -> None:
    assert judged(snapshot(stack=unknown()))[0] is Outcome.ERROR
