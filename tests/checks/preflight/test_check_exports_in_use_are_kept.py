"""Exports that other stacks import: kept, removed, changed, or not certain."""

from typing import Any

import pytest

from checks.preflight import check_exports_in_use_are_kept as module
from tests.builders import ARN, RESOURCES, change, detail, entry, known, plan, snapshot, stack, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import ResourceChange
from upgrade.facts.stack import Resource

CHECK = module.check_exports_in_use_are_kept
TOPIC = "arn:aws:sns:topic"
"""Physical id of AlarmsTopic."""


def output(value: Any, name: Any = "topic", **more: Any) -> dict[str, Any]:
    return {"Outputs": {"Topic": {"Value": value, "Export": {"Name": name}, **more}}}


def judged(
    old: dict[str, Any],
    new: dict[str, Any],
    *changes: ResourceChange,
    live: str = TOPIC,
    importers: Any = ("app",),
    **facts: Any,
) -> tuple[Outcome, tuple[Finding, ...]]:
    used = importers if not isinstance(importers, tuple) else known(importers)
    before = snapshot(
        stack=known(stack(outputs={"Topic": live}, exports={"Topic": "topic"})),
        template=known(template(**old)),
        target=known(template("v4.1.0", **new)),
        importers=known({"topic": used}),
        **facts,
    )
    return says(CHECK, before=before, entry=entry(), plan=known(plan(*changes)))


REF = output({"Ref": "AlarmsTopic"})
NAME = output({"Fn::GetAtt": ["AlarmsTopic", "TopicName"]})
QUIET = change("DataVolume")
REPLACED = change("AlarmsTopic", detail(requires_recreation="Always", path="/Properties/TopicName"), replacement="True")
MAY_BE = change(
    "AlarmsTopic",
    detail(requires_recreation="Conditionally", path="/Properties/TopicName"),
    replacement="Conditional",
)


@pytest.mark.parametrize(
    ("new", "changes"),
    [(REF, (QUIET,)), (REF, (change("AlarmsTopic"),)), (output({"Fn::Sub": "${AlarmsTopic}"}), (QUIET,))],
    ids=["untouched", "changed in place", "written otherwise"],
)
def test_an_export_that_stays_passes(new: dict[str, Any], changes: tuple[ResourceChange, ...]) -> None:
    assert judged(REF, new, *changes)[0] is Outcome.PASS


def test_an_attribute_of_a_resource_nobody_touches_stays() -> None:
    assert judged(NAME, NAME, QUIET)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("new", "changes", "said"),
    [
        ({}, (QUIET,), "the target does not export it, and app imports it"),
        (output({"Ref": "AlarmsTopic"}, "other"), (QUIET,), "the target does not export it"),
        (output("elsewhere"), (QUIET,), f"its value changes from '{TOPIC}' to 'elsewhere'"),
        (REF, (REPLACED,), "its value comes from AlarmsTopic, which is replaced"),
        (NAME, (REPLACED,), "its value comes from AlarmsTopic, which is replaced"),
        (REF, (change("AlarmsTopic", action="Add"),), "AlarmsTopic, which is new"),
    ],
    ids=["removed", "renamed", "other value", "replaced", "attribute of a replaced one", "new"],
)
def test_one_that_is_removed_or_changed_fails(
    new: dict[str, Any], changes: tuple[ResourceChange, ...], said: str
) -> None:
    outcome, findings = judged(REF, new, *changes)

    assert outcome is Outcome.FAIL
    assert said in findings[0].found


@pytest.mark.parametrize(
    ("new", "changes", "said"),
    [
        (REF, (MAY_BE,), "may be replaced"),
        (NAME, (QUIET,), "its new value is not known"),
        (output({"Ref": "AlarmsTopic"}, {"Fn::ImportValue": "x"}), (QUIET,), "only AWS knows"),
        ({"Transform": "Own"}, (QUIET,), "only AWS knows"),
        (
            {
                **output({"Ref": "AlarmsTopic"}, Condition="c"),
                "Conditions": {"c": {"Fn::Equals": [{"Ref": "AWS::Later"}, ""]}},
            },
            (QUIET,),
            "under a condition that only AWS knows",
        ),
    ],
    ids=["conditional", "another attribute", "name", "macro", "condition"],
)
def test_what_is_not_certain_is_told(new: dict[str, Any], changes: tuple[ResourceChange, ...], said: str) -> None:
    outcome, findings = judged(REF, new, *changes)

    assert outcome is Outcome.WARN
    assert said in findings[0].found


def test_an_export_nobody_imports_may_go() -> None:
    assert judged(REF, {}, QUIET, importers=())[0] is Outcome.PASS


def test_whether_anybody_imports_what_goes_must_be_known() -> None:
    assert judged(REF, {}, QUIET, importers=unknown())[0] is Outcome.ERROR


def test_it_need_not_be_for_what_stays() -> None:
    assert judged(REF, REF, QUIET, importers=unknown())[0] is Outcome.PASS


def test_an_export_whose_nested_stack_goes_fails() -> None:
    nested = stack(arn=f"{ARN}-n", name="codeocean-n", outputs={"O": "1"}, exports={"O": "topic"})
    row = Resource("Network", f"{ARN}-n", "AWS::CloudFormation::Stack", "UPDATE_COMPLETE")
    outcome, findings = judged(REF, REF, QUIET, nested=known((nested,)), resources=known((*RESOURCES, row)))

    assert outcome is Outcome.FAIL
    assert "the nested stack that exports it is removed" in findings[0].found


def test_one_of_a_nested_stack_whose_template_cannot_be_read_is_told() -> None:
    nested = stack(arn=f"{ARN}-n", name="codeocean-n", outputs={"O": "1"}, exports={"O": "topic"})
    row = Resource("Network", f"{ARN}-n", "AWS::CloudFormation::Stack", "UPDATE_COMPLETE")
    facts: dict[str, Any] = {"nested": known((nested,)), "resources": known((*RESOURCES, row))}
    outcome, findings = judged(REF, REF, QUIET, nested_targets=known({"Network": unknown()}), **facts)

    assert outcome is Outcome.WARN
    assert "nested stack Network could not be read" in findings[0].found


def test_a_stack_without_exports_is_not_applicable() -> None:
    assert remarks(CHECK, before=snapshot(), entry=entry(), plan=known(plan())) == (
        Outcome.NOT_APPLICABLE,
        "the stack exports nothing",
    )


@pytest.mark.parametrize("fact", ["stack", "nested"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    before = snapshot(**{fact: unknown()})

    assert says(CHECK, before=before, entry=entry(), plan=known(plan()))[0] is Outcome.ERROR


def test_without_a_plan_it_cannot_tell() -> None:
    before = snapshot(stack=known(stack(outputs={"Topic": TOPIC}, exports={"Topic": "topic"})))

    assert says(CHECK, before=before, entry=entry(), plan=unknown())[0] is Outcome.ERROR
