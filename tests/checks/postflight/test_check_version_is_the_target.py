"""The live template is the target's."""

import pytest

from checks.postflight import check_version_is_the_target as module
from tests.builders import known, snapshot, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.config.product import load
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_version_is_the_target
UPGRADED = snapshot(template=known(template("v4.1.0")))


def test_the_targets_template_passes() -> None:
    assert says(CHECK, before=snapshot(), after=UPGRADED, product=load("codeocean"))[0] is Outcome.PASS


def test_the_old_template_fails() -> None:
    assert says(CHECK, before=snapshot(), after=snapshot(), product=load("codeocean"))[0] is Outcome.FAIL


def test_the_same_mark_on_another_template_fails() -> None:
    after = snapshot(template=known(template("v4.1.0", Conditions={})))

    assert says(CHECK, before=snapshot(), after=after, product=load("codeocean"))[0] is Outcome.FAIL


@pytest.mark.parametrize(
    ("before", "after"), [(snapshot(), snapshot(template=unknown())), (snapshot(target=unknown()), UPGRADED)]
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot, after: Snapshot) -> None:
    assert says(CHECK, before=before, after=after, product=load("codeocean"))[0] is Outcome.ERROR
