"""IAM resources, names of their own, macros: what a change set needs to be allowed."""

from typing import Any

import pytest

from checks.preflight import check_capabilities_are_granted as module
from tests.builders import entry, known, snapshot, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_capabilities_are_granted
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}
ROLE = {"Role": {"Type": "AWS::IAM::Role", "Properties": {"Path": "/"}}}
NAMED = {"Named": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "deploy"}}}


def judged(
    resources: dict[str, Any], *granted: str, product: str = "generic", **sections: Any
) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(target=known(template("v4.1.0", Resources=resources, **sections)))
    return says(CHECK, before=before, entry=entry(capabilities=granted or None), product=load(product))


@pytest.mark.parametrize(
    ("resources", "granted"),
    [
        (TOPIC, ()),
        (ROLE, ("CAPABILITY_IAM",)),
        (ROLE, ("CAPABILITY_NAMED_IAM",)),
        (ROLE | NAMED, ("CAPABILITY_NAMED_IAM",)),
    ],
)
def test_what_is_granted_is_enough(resources: dict[str, Any], granted: tuple[str, ...]) -> None:
    assert judged(resources, *granted)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("resources", "granted", "missing"),
    [
        (ROLE, (), "CAPABILITY_IAM"),
        (NAMED, (), "CAPABILITY_NAMED_IAM"),
        (NAMED, ("CAPABILITY_IAM",), "CAPABILITY_NAMED_IAM"),
        ({"P": {"Type": "AWS::IAM::ManagedPolicy"}}, (), "CAPABILITY_IAM"),
    ],
)
def test_what_is_not_granted_fails(resources: dict[str, Any], granted: tuple[str, ...], missing: str) -> None:
    outcome, findings = judged(resources, *granted)

    assert outcome is Outcome.FAIL
    assert [finding.found.split()[1] for finding in findings] == [missing]


def test_the_reason_and_the_line_to_write_are_told() -> None:
    _, findings = judged(NAMED, "CAPABILITY_IAM")

    assert findings[0].found.endswith("Named has a name of its own")
    assert findings[0].remedy.endswith("[stacks.prod]")
    assert findings[0].paste == 'capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]'


def test_the_product_grants_what_the_entry_leaves_out() -> None:
    assert judged(ROLE, product="codeocean")[0] is Outcome.PASS
    assert judged(NAMED, product="codeocean")[0] is Outcome.FAIL


def test_the_entry_takes_the_place_of_the_product() -> None:
    assert judged(NAMED, "CAPABILITY_NAMED_IAM", product="codeocean")[0] is Outcome.PASS
    assert judged(ROLE, "CAPABILITY_AUTO_EXPAND", product="codeocean")[0] is Outcome.FAIL


@pytest.mark.parametrize("transform", ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31", ["AWS::Include"]])
def test_a_macro_asks_for_nothing_when_the_plan_is_a_change_set(transform: object) -> None:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html: CAPABILITY_AUTO_EXPAND
    # "doesn't apply to creating change sets, and specifying it when creating change sets has no effect".
    assert judged(TOPIC, Transform=transform)[0] is not Outcome.FAIL


def test_macros_are_told_before_they_run() -> None:
    before = snapshot(target=known(template("v4.1.0", Resources=TOPIC, Transform=["AWS::LanguageExtensions", "Acme"])))
    outcome, told = remarks(CHECK, before=before, entry=entry(), product=load("generic"))

    assert outcome is Outcome.PASS
    assert told.endswith("may write the template anew: Acme")


@pytest.mark.parametrize("before", [snapshot(target=unknown())], ids=["unknown"])
def test_without_a_target_it_cannot_tell(before: Snapshot) -> None:
    assert says(CHECK, before=before, entry=entry(), product=load("generic"))[0] is Outcome.ERROR


def test_what_a_nested_template_needs_is_needed_too() -> None:
    before = snapshot(nested_targets=known({"Network": known(template(Resources=ROLE)), "Other": unknown()}))
    outcome, findings = says(CHECK, before=before, entry=entry(), product=load("generic"))

    assert outcome is Outcome.FAIL
    assert "in nested stack Network" in findings[0].found


@pytest.mark.parametrize("nested", [unknown(), known({"Network": unknown()})], ids=["none", "one"])
def test_a_nested_template_that_cannot_be_read_is_told(nested: Any) -> None:
    outcome, findings = says(CHECK, before=snapshot(nested_targets=nested), entry=entry(), product=load("generic"))

    assert (outcome, len(findings)) == (Outcome.WARN, 1)
    assert "AWS said no" in findings[0].found
