"""A volume may stay or grow. One that was enlarged by hand is only touched if a person knows of it."""

from typing import Any

import pytest

from checks.preflight import check_volumes_are_not_shrunk as module
from tests.builders import (
    NOW,
    acknowledgement,
    body,
    change,
    detail,
    known,
    plan,
    review,
    snapshot,
    template,
    unknown,
    volume,
)
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.changes import Plan
from upgrade.facts.review import Review
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_volumes_are_not_shrunk
NAME = "DataVolume"
UNTOUCHED = plan()
TAGS = plan(change(NAME, detail(attribute="Tags", name="Tags", path="/Properties/Tags")))
STATED = review(acknowledgement(id="enlarged_volume"))


def sized(size: str) -> Plan:
    return plan(change(NAME, detail(name="Size", path="/Properties/Size", before="500", after=size)))


def declaring(size: Any, **parameters: Any) -> Snapshot:
    resources = {NAME: {"Type": "AWS::EC2::Volume", "Properties": {"Size": size}}}
    return snapshot(target=known(template("v4.1.0", Resources=resources, Parameters=parameters)))


def judged(
    made: Plan, said: Review | None = None, before: Snapshot | None = None, **live: Any
) -> tuple[Outcome, tuple[Finding, ...]]:
    facts = before or snapshot(volumes=known({NAME: volume(**live)}))
    return says(CHECK, before=facts, plan=known(made), product=load("codeocean"), review=said or review(), now=NOW)


@pytest.mark.parametrize("made", [UNTOUCHED, TAGS, sized("500"), sized("600")], ids=["none", "tags", "same", "raised"])
def test_a_volume_as_the_template_says_takes_anything_but_less(made: Plan) -> None:
    assert judged(made)[0] is Outcome.PASS


def test_a_size_below_the_actual_one_blocks_whatever_is_stated() -> None:
    outcome, findings = judged(sized("600"), STATED, size=1024)

    assert outcome is Outcome.FAIL
    assert findings[0].found == "DataVolume has 1024 GiB, the plan makes it 600 GiB"
    assert (findings[0].logical_id, findings[0].physical_id) == (NAME, "vol-1")


def test_the_line_to_paste_names_the_parameter() -> None:
    resources = {**body()["Resources"], NAME: {"Type": "AWS::EC2::Volume", "Properties": {"Size": {"Ref": "pSize"}}}}
    target = template("v4.1.0", Resources=resources, Parameters={"pSize": {"Type": "Number", "Default": 600}})
    before = snapshot(target=known(target), volumes=known({NAME: volume(size=1024)}))

    assert judged(sized("600"), before=before)[1][0].paste == "pSize = 1024"


def test_one_enlarged_by_hand_blocks_where_the_plan_touches_it() -> None:
    outcome, findings = judged(TAGS, size=1024)

    assert outcome is Outcome.FAIL
    assert "has 1024 GiB, the template says 500 GiB" in findings[0].found
    assert findings[0].paste == "--acknowledge=enlarged_volume"


def test_one_enlarged_by_hand_is_told_where_the_plan_does_not_touch_it() -> None:
    assert judged(UNTOUCHED, size=1024)[0] is Outcome.WARN


@pytest.mark.parametrize("made", [TAGS, UNTOUCHED], ids=["tags", "none"])
def test_one_enlarged_by_hand_is_fine_if_a_person_has_stated_it(made: Plan) -> None:
    assert judged(made, STATED, size=1024)[0] is Outcome.PASS


def test_what_was_stated_for_other_versions_does_not_count() -> None:
    stated = review(acknowledgement(id="enlarged_volume", target="v5.0.0"))

    assert judged(TAGS, stated, size=1024)[0] is Outcome.FAIL


def test_a_plan_that_catches_up_with_the_volume_is_fine() -> None:
    assert judged(sized("1024"), size=1024)[0] is Outcome.PASS


@pytest.mark.parametrize(("made", "outcome"), [(TAGS, Outcome.FAIL), (UNTOUCHED, Outcome.WARN)])
@pytest.mark.parametrize("state", ["modifying", "optimizing"])
def test_a_modification_under_way_blocks_where_the_plan_touches_it(state: str, made: Plan, outcome: Outcome) -> None:
    assert judged(made, modification=state)[0] is outcome


@pytest.mark.parametrize("state", ["completed", "failed", ""])
def test_one_that_is_over_does_not_matter(state: str) -> None:
    assert judged(TAGS, modification=state)[0] is Outcome.PASS


def test_without_a_volume_it_does_not_apply() -> None:
    assert judged(TAGS, before=snapshot(volumes=known({})))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(("made", "outcome"), [(TAGS, Outcome.ERROR), (UNTOUCHED, Outcome.PASS)])
def test_a_size_that_only_aws_knows_matters_where_the_plan_touches_it(made: Plan, outcome: Outcome) -> None:
    assert judged(made, before=declaring({"Fn::ImportValue": "size"}))[0] is outcome


@pytest.mark.parametrize("fact", ["volumes", "target"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert judged(TAGS, before=snapshot(**{fact: unknown()}))[0] is Outcome.ERROR
