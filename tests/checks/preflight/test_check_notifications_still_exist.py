"""Whether the topics that a stack notifies are there."""

from checks.preflight import check_notifications_still_exist as module
from tests.builders import known, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome

CHECK = module.check_notifications_still_exist


def test_topics_that_exist_pass() -> None:
    assert says(CHECK, before=snapshot(topics=known({"arn:a": True})))[0] is Outcome.PASS


def test_one_that_is_gone_warns() -> None:
    outcome, findings = says(CHECK, before=snapshot(topics=known({"arn:a": True, "arn:b": False})))
    assert (outcome, [each.found for each in findings]) == (Outcome.WARN, ["topic arn:b does not exist"])


def test_a_stack_that_notifies_nobody_is_not_applicable() -> None:
    assert says(CHECK, before=snapshot())[0] is Outcome.NOT_APPLICABLE


def test_topics_that_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(topics=unknown()))[0] is Outcome.ERROR
