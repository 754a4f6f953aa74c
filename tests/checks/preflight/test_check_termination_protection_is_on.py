"""Termination protection is a warning with the line that switches it on."""

from checks.preflight import check_termination_protection_is_on as module
from tests.builders import ARN, known, snapshot, stack, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome

CHECK = module.check_termination_protection_is_on


def test_a_protected_stack_passes() -> None:
    assert says(CHECK, before=snapshot(stack=known(stack(termination_protection=True))))[0] is Outcome.PASS


def test_an_unprotected_stack_warns_with_what_to_type() -> None:
    outcome, (finding,) = says(CHECK, before=snapshot(stack=known(stack(termination_protection=False))))

    assert outcome is Outcome.WARN
    assert finding.paste.endswith(f"--enable-termination-protection --stack-name {ARN}")


def test_a_stack_that_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(stack=unknown()))[0] is Outcome.ERROR
