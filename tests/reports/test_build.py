from dataclasses import fields, replace
from typing import Any

from reports.build import build
from reports.part import Asked
from reports.record import Record
from reports.state import State
from tests import builders as facts
from tests.reports import builders
from upgrade.catalogue import Outcome
from upgrade.config.product import load
from upgrade.facts.known import Reason
from upgrade.facts.operation import Ending
from upgrade.facts.snapshot import Snapshot
from upgrade.gate.evidence import Evidence


def built(of: Evidence) -> Record:
    return build(of, load(of.product))


def test_one_endpoint_that_is_not_aws_makes_the_whole_run_a_sandbox() -> None:
    mixed = builders.evidence(calls=(builders.call(), builders.call(endpoint="http://127.0.0.1:4566")))

    assert not built(builders.evidence()).sandbox
    assert built(mixed).sandbox
    assert built(mixed).endpoints == ("http://127.0.0.1:4566", "https://cloudformation.us-east-1.amazonaws.com")


def test_a_call_that_never_left_the_machine_has_no_endpoint_to_judge() -> None:
    record = built(builders.evidence(calls=(builders.call(endpoint="", outcome="NoCredentials"),)))

    assert not record.sandbox
    assert record.endpoints == ()


def test_an_unknown_fact_carries_reason_detail_call_and_time() -> None:
    denied = facts.unknown(Reason.DENIED, "rds:DescribeDBInstances")
    record = built(builders.evidence(before=facts.snapshot(databases=denied)))

    fact = record.before.databases
    assert fact.state is Asked.UNKNOWN
    assert (fact.reason, fact.detail, fact.call, fact.at) == (
        Reason.DENIED,
        "AWS said no",
        "rds:DescribeDBInstances",
        facts.NOW,
    )
    assert fact.value is None


def test_a_phase_the_run_did_not_come_to_says_so_fact_by_fact() -> None:
    record = built(builders.no_go())

    for name in set(State.model_fields) - {"denied"}:
        fact = getattr(record.after, name)
        assert (fact.state, fact.detail) == (Asked.NOT_ASKED, "the run did not come to it")
    assert record.plan.state is Asked.NOT_ASKED
    assert record.operation is None


def test_a_fact_nobody_asked_for_says_so() -> None:
    after = facts.snapshot(target=facts.unknown(Reason.NOT_ASKED))
    target = built(builders.evidence(after=after)).after.target

    assert (target.state, target.detail) == (Asked.NOT_ASKED, "AWS said no")


def test_every_fact_of_a_snapshot_is_in_the_record() -> None:
    assert {field.name for field in fields(Snapshot)} == set(State.model_fields)


def test_a_template_is_kept_by_hash_and_version_mark() -> None:
    record = built(builders.evidence())

    assert record.before.template.value is not None
    assert record.before.template.value.version == "v4.0.0"
    assert record.before.target.value is not None
    assert record.before.target.value.version == "v4.1.0"
    assert record.plan.value is not None
    assert record.plan.value.template.value is not None
    assert record.plan.value.template.value.sha256 == facts.template("v4.1.0").sha256


def test_a_template_without_a_mark_has_no_version() -> None:
    bare = replace(facts.template(), body={})
    record = built(builders.evidence(before=facts.snapshot(template=facts.known(bare))))

    assert record.before.template.value is not None
    assert record.before.template.value.version is None


def test_linked_stacks_and_the_role_are_told() -> None:
    before = facts.snapshot(
        deploy_role=facts.known(facts.deploy_role(facts.statement("ec2:*"))), backup=facts.known(facts.linked("v4.1.0"))
    )
    record = built(builders.evidence(before=before))

    assert record.before.deploy_role.value is not None
    assert record.before.deploy_role.value.statements[0].actions == ("ec2:*",)
    assert record.before.backup.value is not None
    assert record.before.backup.value.template.version == "v4.1.0"


def test_what_aws_could_not_tell_about_the_subject_the_configuration_does() -> None:
    unread = facts.snapshot(identity=facts.unknown(), stack=facts.unknown())
    subject = built(builders.evidence(before=unread)).subject

    assert (subject.stack_name, subject.account, subject.region) == ("codeocean", facts.ACCOUNT, facts.REGION)
    assert (subject.stack_arn, subject.caller) == ("", "")


def test_configuration_is_kept_as_json_values() -> None:
    configuration = {"tags": {"a": 1}, "list": ("x", 2.5), "when": facts.NOW, "none": None, "flag": True}
    subject = built(builders.evidence(configuration=configuration)).subject

    assert subject.configuration == {
        "tags": {"a": 1},
        "list": ["x", 2.5],
        "when": str(facts.NOW),
        "none": None,
        "flag": True,
    }


def rows(what: str, **changes: Any) -> dict[str, tuple[str | None, str | None, str | None, bool]]:
    comparison = getattr(built(builders.evidence(**changes)), what)
    return {row.name: (row.before, row.planned, row.after, row.changed) for row in comparison.rows}


def test_parameters_are_compared_before_planned_and_after() -> None:
    told = rows(
        "parameters",
        before=facts.snapshot(stack=facts.known(facts.stack(parameters={"same": "1", "raised": "20", "gone": "x"}))),
        plan=facts.known(facts.plan(parameters={"same": "1", "raised": "60", "new": "y"})),
        after=facts.snapshot(stack=facts.known(facts.stack(parameters={"same": "1", "raised": "60", "new": "z"}))),
    )

    assert told == {
        "same": ("1", "1", "1", False),
        "raised": ("20", "60", "60", True),
        "gone": ("x", None, None, True),
        "new": (None, "y", "z", True),
    }


def test_a_side_that_is_not_known_is_no_difference() -> None:
    told = rows("tags", plan=facts.unknown(), after=facts.snapshot(stack=facts.unknown()))

    assert told == {"owner": ("platform", None, None, False)}


def test_a_comparison_tells_why_a_side_is_not_known() -> None:
    tags = built(builders.evidence(plan=facts.unknown(call="cloudformation:DescribeChangeSet"), after=None)).tags

    assert (tags.before.known, tags.before.why) == (True, "")
    assert (tags.planned.known, tags.planned.why) == (False, "cloudformation:DescribeChangeSet: denied: AWS said no")
    assert (tags.after.known, tags.after.why) == (False, "the run did not come to it")


def test_a_change_set_tells_no_outputs() -> None:
    outputs = built(builders.evidence()).outputs

    assert (outputs.planned.known, outputs.planned.why) == (False, "a change set tells no outputs")


def test_checks_keep_order_metadata_and_totals_are_complete() -> None:
    record = built(builders.no_go())

    assert [check.id for check in record.checks] == [entry.check.id for entry in builders.no_go().entries]
    assert record.totals == {
        Outcome.WAIVED: 0,
        Outcome.DEFERRED: 0,
        Outcome.PASS: 4,
        Outcome.WARN: 1,
        Outcome.FAIL: 1,
        Outcome.ERROR: 1,
        Outcome.NOT_APPLICABLE: 0,
        Outcome.BLOCKED: 2,
        Outcome.NOT_RUN: 0,
    }
    failed = next(check for check in record.checks if check.outcome is Outcome.FAIL)
    assert failed.stops
    assert failed.findings[0].paste.startswith("[stacks.prod.parameters]")
    assert failed.requirements == ("URS-07",)
    assert failed.requirement == next(each.text for each in record.requirements if each.id == "URS-07")


def test_plan_and_reality_are_compared_only_where_both_exist() -> None:
    assert [row.logical_id for row in built(builders.evidence()).compared] == ["AlarmsTopic"]
    assert built(builders.evidence(plan=facts.unknown())).compared == ()
    refused = builders.operation(ending=Ending.REFUSED, events=())
    assert [row.actual for row in built(builders.evidence(operation=refused)).compared] == ["untouched"]
