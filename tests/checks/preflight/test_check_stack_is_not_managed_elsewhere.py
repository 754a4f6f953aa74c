"""Who else manages a stack shows in its name or in tags that only AWS can set."""

import pytest

from checks.preflight import check_stack_is_not_managed_elsewhere as module
from tests.builders import known, snapshot, stack, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome

CHECK = module.check_stack_is_not_managed_elsewhere
SET = "StackSet-codeocean-0a1b2c3d-0000-1111-2222-333344445555"


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("codeocean", {"owner": "platform"}),
        ("SC-codeocean", {}),
        ("StackSetless", {"servicecatalog": "no"}),
        ("codeocean", {"aws:cloudformation:stack-name": "parent"}),
    ],
)
def test_a_stack_of_its_own_passes(name: str, tags: dict[str, str]) -> None:
    assert says(CHECK, before=snapshot(stack=known(stack(name=name, tags=tags))))[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("name", "tags", "manager"),
    [
        ("SC-111122223333-pp-abcdefgh12345", {}, "AWS Service Catalog"),
        ("codeocean", {"aws:servicecatalog:provisionedProductArn": "arn"}, "AWS Service Catalog"),
        (SET, {}, "a StackSet"),
        ("AWSProton-codeocean", {}, "AWS Proton"),
        ("codeocean", {"aws:proton:service": "arn"}, "AWS Proton"),
    ],
)
def test_a_mark_warns_and_names_the_manager(name: str, tags: dict[str, str], manager: str) -> None:
    outcome, (finding,) = says(CHECK, before=snapshot(stack=known(stack(name=name, tags=tags))))

    assert outcome is Outcome.WARN
    assert finding.found.startswith(f"{manager} seems to manage {name}")


def test_a_stack_that_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(stack=unknown()))[0] is Outcome.ERROR
