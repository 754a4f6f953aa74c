"""What nothing explains stops an upgrade where it certainly happens to data or to what is critical; else it is told."""

from dataclasses import replace

import pytest

from checks.preflight import check_plan_is_explained as module
from tests.builders import change, detail, known, plan, prediction, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.changes import Plan, ResourceChange, Unpredicted

CHECK = module.check_plan_is_explained
EDIT = detail()
SIZE = detail(name="Size", path="/Properties/Size")
DYNAMIC = detail(evaluation="Dynamic", source="ResourceAttribute", causing_entity="AlarmsTopic.Arn")


def judged(made: Plan, *predicted: ResourceChange, **fields: object) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(prediction=known(prediction(*predicted, **fields)))
    return says(CHECK, before=before, plan=known(made), product=load("codeocean"))


@pytest.mark.parametrize(
    ("made", "predicted"),
    [
        (change("DataVolume", SIZE), change("DataVolume", SIZE, EDIT)),
        (change("DataVolume", replace(SIZE, path="")), change("DataVolume", SIZE)),
        (change("DataVolume", DYNAMIC), change("DataVolume", replace(DYNAMIC, evaluation="Static"))),
        (change("DataVolume", SIZE), change("DataVolume", replace(SIZE, evaluation="Dynamic"))),
        (change("DataVolume", SIZE, detail(source="NoModification", name="X")), change("DataVolume", SIZE)),
        (change("DataVolume", SIZE, detail(before="1", after="1", name="X")), change("DataVolume", SIZE)),
        (change("DataVolume", detail(name="Tags")), change("DataVolume", detail(attribute="Tags", name=""))),
        (
            change("NewBucket", action="Add", replacement="True", details=()),
            change("NewBucket", action="Add", replacement="", details=()),
        ),
        (change("DataVolume", replacement="False"), change("DataVolume", replacement="Conditional")),
        (
            change("DataVolume", action="Remove", replacement="", details=()),
            change("DataVolume", action="Dynamic", replacement="", details=()),
        ),
    ],
)
def test_what_is_predicted_is_explained(made: ResourceChange, predicted: ResourceChange) -> None:
    assert judged(plan(made), predicted)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("made", "says_it", "expected"),
    [
        (change("DataVolume", SIZE), "Modify follows from no difference", None),
        (change("DataVolume", SIZE), "/Properties/Size changes from 'a' to 'b'", change("DataVolume")),
        (change("DataVolume", replacement="True"), "Replacement True", change("DataVolume")),
        (
            change("DataVolume", action="Remove", replacement="", details=()),
            "Remove, where Modify",
            change("DataVolume"),
        ),
        (change("NewBucket", action="Add", type="AWS::S3::Bucket", replacement="", details=()), "Add follows", None),
        (change("DataVolume", replace(SIZE, name="Tags")), "changes", change("DataVolume")),
    ],
)
def test_what_certainly_happens_to_data_unexplained_fails(
    made: ResourceChange, says_it: str, expected: ResourceChange | None
) -> None:
    outcome, findings = judged(plan(made), expected or change("Other"))
    assert outcome is Outcome.FAIL
    assert says_it in findings[0].found


def test_what_is_critical_fails_too() -> None:
    policy = detail(name="PolicyDocument", path="/Properties/PolicyDocument/Statement/0")
    made = change("Policy", policy, type="AWS::IAM::ManagedPolicy")
    assert judged(plan(made), change("Other"))[0] is Outcome.FAIL


@pytest.mark.parametrize(
    "made", [change("AlarmsTopic"), change("DataVolume", DYNAMIC), change("DataVolume", EDIT, DYNAMIC)]
)
def test_what_may_happen_or_matters_less_is_told(made: ResourceChange) -> None:
    outcome, findings = judged(plan(made), change("DataVolume", EDIT) if EDIT in made.details else change("Other"))
    assert outcome in {Outcome.WARN, Outcome.PASS}
    assert not any(finding.blocking for finding in findings)


@pytest.mark.parametrize(
    "made",
    [
        change("AlarmsTopic", action="SyncWithActual"),
        change("AlarmsTopic", action="Import"),
        change("AlarmsTopic", replacement="Perhaps"),
        change("AlarmsTopic", detail(evaluation="Quantum")),
        change("AlarmsTopic", detail(source="Oracle")),
    ],
)
def test_a_kind_of_change_nobody_knows_fails_even_if_it_is_predicted(made: ResourceChange) -> None:
    assert judged(plan(made), made)[0] is Outcome.FAIL


@pytest.mark.parametrize(
    ("logical_id", "open_"), [("DataVolume", ""), ("Nested.DataVolume", "Nested"), ("DataVolume", "DataVolume")]
)
def test_where_the_prediction_does_not_reach_it_is_told(logical_id: str, open_: str) -> None:
    made = plan(change(logical_id, type="AWS::EC2::Volume"))
    outcome, findings = judged(made, change("Other"), unpredicted=(Unpredicted(open_, "a macro"),))
    assert outcome is Outcome.WARN
    assert "a macro" in findings[0].found


def test_a_nested_stack_and_what_changes_in_it_is_told_once() -> None:
    made = replace(
        plan(), changes=(change("Nested"), change("Nested.Topic"), change("Nested.Inner.Topic"), change("B"))
    )
    expected = (Unpredicted("Nested", "not predicted"), Unpredicted("B", "a macro"))
    _, findings = judged(made, change("Other"), unpredicted=expected)

    assert [(finding.logical_id, finding.found) for finding in findings] == [
        (
            "Nested",
            "whether the changes of Nested, Nested.Topic, Nested.Inner.Topic are explained can't be told: not predicted",
        ),
        ("B", "whether the change of B is explained can't be told: a macro"),
    ]


def test_what_is_explained_needs_no_prediction_beyond_it() -> None:
    made = plan(change("DataVolume"))
    assert judged(made, change("DataVolume"), unpredicted=(Unpredicted("", "a macro"),))[0] is Outcome.PASS


def test_a_predicted_plan_explains_itself() -> None:
    found = says(CHECK, before=snapshot(), plan=known(prediction()), product=load("codeocean"))
    assert found[0] is Outcome.NOT_APPLICABLE


def test_without_a_prediction_or_a_plan_it_cannot_tell() -> None:
    product = load("codeocean")
    assert says(CHECK, before=snapshot(prediction=unknown()), plan=known(plan()), product=product)[0] is Outcome.ERROR
    assert says(CHECK, before=snapshot(), plan=unknown(), product=product)[0] is Outcome.ERROR
