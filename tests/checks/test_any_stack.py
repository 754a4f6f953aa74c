"""Every preflight check on stacks of which CloudFormation makes the most: macros, SAM, loops.

The sandbox has no macros, so these are facts, not stacks. No check may raise, none may fail, and what can't be judged is said.
"""

import importlib
import inspect
import json
from typing import Any

import pytest

from tests.builders import NOW, drift, entry, known, plan, review, snapshot, stack
from tests.checks.says import remarks
from upgrade.catalogue import CheckInfo, Outcome, Phase, catalogue
from upgrade.config.product import load
from upgrade.facts.drift import ResourceDrift
from upgrade.facts.stack import Resource, Template
from upgrade.rules.parameters import plan_parameters
from upgrade.rules.prediction import predict
from upgrade.template.read import parse

CHECKS = [each for each in catalogue() if each.phase in {Phase.FACTS, Phase.PLAN}]
GENERIC = load("generic")

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "a"}}
TABLE = {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain"}
FUNCTION = {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.13", "CodeUri": "s3://b/k"}}
OWN, INCLUDE = {"Name": "Own"}, {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}

SAM = (
    {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Topic": TOPIC, "Work": FUNCTION, "Data": {"Type": "AWS::Serverless::SimpleTable"}},
    },
    {"Work": "AWS::Lambda::Function", "WorkRole": "AWS::IAM::Role", "Data": "AWS::DynamoDB::Table"},
)
LOOP = (
    {
        "Transform": "AWS::LanguageExtensions",
        "Resources": {"Topic": TOPIC, "Fn::ForEach::Data": ["Name", ["A", "B"], {"Data${Name}": TABLE}]},
        "Outputs": {
            "Fn::ForEach::Out": ["Name", ["A", "B"], {"Out${Name}": {"Value": {"Ref": {"Fn::Sub": "Data${Name}"}}}}]
        },
    },
    {"DataA": "AWS::DynamoDB::Table", "DataB": "AWS::DynamoDB::Table"},
)
MACRO = (
    {"Transform": [INCLUDE, "Own"], "Resources": {"Topic": TOPIC}},
    {"Made": "AWS::S3::Bucket"},
)
EVERYWHERE = (
    {
        "Fn::Transform": INCLUDE,
        "Parameters": {"Fn::Transform": INCLUDE},
        "Mappings": {"Fn::Transform": INCLUDE},
        "Conditions": {"Fn::Transform": INCLUDE},
        "Outputs": {"Fn::Transform": INCLUDE},
        "Resources": {"Topic": TOPIC, "Typeless": {"Fn::Transform": OWN}, "Fn::Transform": INCLUDE},
    },
    {"Typeless": "AWS::S3::Bucket"},
)
NOTHING_ELSE = ({"Fn::Transform": OWN, "Metadata": {"Topic": TOPIC}}, {"Made": "AWS::S3::Bucket"})

KINDS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "sam": SAM,
    "loop": LOOP,
    "macro": MACRO,
    "everywhere": EVERYWHERE,
    "nothing else": NOTHING_ELSE,
}


def facts(kind: str) -> dict[str, Any]:
    """A stack of this kind, whose topic the target gives another name."""
    body, made = KINDS[kind]
    deployed, target = (_read(body, name) for name in ("a", "b"))
    rows = {"Topic": "AWS::SNS::Topic", **made}
    resources = tuple(Resource(name, f"{name}-1", type_, "UPDATE_COMPLETE") for name, type_ in rows.items())
    settings, live = entry(product="generic", target=None, template_url="s3://b/k"), stack(parameters={})
    predicted = predict(
        settings,
        GENERIC,
        stack=live,
        resources=resources,
        deployed=deployed,
        target=target,
        planned=plan_parameters(settings, live, target, {}),
        behind={},
        now=NOW,
    )
    before = snapshot(
        stack=known(live),
        template=known(deployed),
        target=known(target),
        resources=known(resources),
        prediction=known(predicted),
        drift=known(
            drift(*(ResourceDrift(each.logical_id, each.physical_id, each.type, "IN_SYNC") for each in resources))
        ),
        **{name: known({}) for name in ("databases", "target_groups", "storage_changes", "jobs", "groups")},
    )
    return {"before": before, "entry": settings, "product": GENERIC, "review": review(), "now": NOW}


def _read(body: dict[str, Any], name: str) -> Template:
    return parse(json.dumps(body).replace('"DisplayName": "a"', f'"DisplayName": "{name}"').encode(), "here")


def judged(each: CheckInfo, given: dict[str, Any]) -> tuple[Outcome, str]:
    slug = "check_" + each.id.replace("-", "_")
    function = getattr(importlib.import_module(f"checks.preflight.{slug}"), slug)
    return remarks(function, **{name: given[name] for name in inspect.signature(function).parameters})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("each", CHECKS, ids=lambda each: each.id)
def test_with_a_change_set_every_check_can_tell_and_none_fails(each: CheckInfo, kind: str) -> None:
    given = facts(kind)
    outcome, why = judged(each, {**given, "plan": known(plan(template=given["before"].target))})

    assert outcome in {Outcome.PASS, Outcome.WARN, Outcome.NOT_APPLICABLE}, why


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("each", [each for each in CHECKS if each.phase is Phase.PLAN], ids=lambda each: each.id)
def test_on_a_prediction_none_fails(each: CheckInfo, kind: str) -> None:
    given = facts(kind)
    outcome, why = judged(each, {**given, "plan": given["before"].prediction})

    assert outcome is not Outcome.FAIL, why


@pytest.mark.parametrize("kind", KINDS)
def test_what_only_cloudformation_knows_is_said(kind: str) -> None:
    limits = next(each for each in CHECKS if each.id == "template-fits-the-limits")

    assert "not counted, since only CloudFormation knows it" in judged(limits, facts(kind))[1]
