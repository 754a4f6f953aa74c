"""The target is what was asked for: its mark, its pin, not older; or it is no template at all."""

from typing import Any

import pytest

from checks.preflight import check_template_is_the_target as module
from tests.builders import entry, known, snapshot, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.known import Reason
from upgrade.facts.stack import Template

CHECK = module.check_template_is_the_target


def judged(found: Template, product: str = "codeocean", **settings: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=snapshot(target=known(found)), entry=entry(**settings), product=load(product))


def test_the_asked_for_version_passes() -> None:
    assert judged(template("v4.1.0"))[0] is Outcome.PASS


def test_the_deployed_version_again_is_no_downgrade() -> None:
    assert judged(template("v4.0.0"), target="v4.0.0")[0] is Outcome.PASS


def test_another_mark_fails() -> None:
    outcome, findings = judged(template("v4.2.0"))

    assert outcome is Outcome.FAIL
    assert "v4.2.0" in findings[0].found


def test_no_mark_fails_where_a_version_was_asked_for() -> None:
    assert judged(template("v4.1.0", Metadata={}))[0] is Outcome.FAIL


def test_an_older_version_fails_unless_allowed() -> None:
    assert judged(template("v3.9.0"), target="v3.9.0")[0] is Outcome.FAIL
    assert judged(template("v3.9.0"), target="v3.9.0", allow_downgrade=True)[0] is Outcome.PASS


def test_versions_are_ordered_as_numbers() -> None:
    assert judged(template("v4.10.0"), target="v4.10.0")[0] is Outcome.PASS


@pytest.mark.parametrize(("pin", "outcome"), [(f"{'a' * 64}", Outcome.PASS), ("0" * 64, Outcome.FAIL)])
def test_a_pin_must_match(pin: str, outcome: Outcome) -> None:
    target = Template("address", "a" * 64, 10, template("v4.1.0").body)

    assert judged(target, template_sha256=pin)[0] is outcome


def test_marks_without_order_need_a_pin() -> None:
    outcome, findings = judged(template("next"), target="next")

    assert outcome is Outcome.FAIL
    assert "template_sha256" in findings[0].paste


def test_marks_without_order_are_told_where_the_template_is_pinned() -> None:
    target = Template("address", "a" * 64, 10, template("next").body)

    assert judged(target, target="next", template_sha256="a" * 64)[0] is Outcome.WARN


def test_a_product_without_marks_asks_for_none() -> None:
    assert judged(template("whatever"), product="generic", target=None, template_url="s3://b/k")[0] is Outcome.PASS


@pytest.mark.parametrize("reason", [Reason.NOT_FOUND, Reason.MALFORMED])
def test_an_address_without_a_template_fails(reason: Reason) -> None:
    before = snapshot(target=unknown(reason))

    assert says(CHECK, before=before, entry=entry(), product=load("codeocean"))[0] is Outcome.FAIL


@pytest.mark.parametrize("fact", ["target", "template"])
def test_what_is_denied_cannot_tell(fact: str) -> None:
    before = snapshot(**{fact: unknown(Reason.DENIED)})

    assert says(CHECK, before=before, entry=entry(), product=load("codeocean"))[0] is Outcome.ERROR
