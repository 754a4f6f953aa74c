"""A run: what it refuses before any call, whose credentials it uses for what, and how it waits."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import bound
from tests.upgrade.world import ACCOUNT, World, topic
from upgrade.approving import statement
from upgrade.clock import SystemClock
from upgrade.config.stacks import load
from upgrade.errors import UsageError
from upgrade.facts.journal import Act
from upgrade.facts.known import Known, Unknown
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.snapshot import Snapshot
from upgrade.run.session import Run
from upgrade.run.takeup import Begun
from upgrade.run.wish import Wish

GROUP: dict[str, Any] = {
    "Group": {
        "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Properties": {"TargetType": "ip", "Port": 80, "Protocol": "HTTP", "VpcId": {"Ref": "Vpc"}},
    },
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
}


@pytest.mark.parametrize(
    ("keys", "more", "said"),
    [
        ({"product": "nosuch"}, "", "product 'nosuch' is not known"),
        ({"template_url": "https://example.org/t"}, "", "CloudFormation reads templates from S3 only"),
        ({"profile": "nosuch"}, "", "AWS profile 'nosuch' is not configured"),
        ({}, "[stacks.t.parameters]\np = { env = 'NO_SUCH' }", "environment variable NO_SUCH is not set"),
        (
            {"backup": "b"},
            "[stacks.b]\nproduct='nosuch'\nstack_name='b'\nregion='us-east-1'\naccount_id='111122223333'",
            "product 'nosuch'",
        ),
        (
            {"backup": "b"},
            "[stacks.b]\nproduct='generic'\nprofile='nosuch'\nstack_name='b'\nregion='us-east-1'\naccount_id='111122223333'",
            "AWS profile 'nosuch' is not configured",
        ),
    ],
    ids=["product", "target", "profile", "secret", "linked-product", "linked-profile"],
)
def test_what_can_be_refused_without_aws_is(
    world: World, tmp_path: Path, keys: dict[str, Any], more: str, said: str
) -> None:
    before = len(world.calls())
    with pytest.raises(UsageError, match=said):
        world.run(tmp_path, "any", more=more, **{"target": "s3://any/thing", **keys})
    assert len(world.calls()) == before


def test_without_credentials_there_is_no_run(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(UsageError, match="no AWS credentials found"):
        world.run(tmp_path, "any", "s3://any/thing")


def test_one_role_reads_and_another_changes(world: World, tmp_path: Path) -> None:
    run = world.run(
        tmp_path,
        world.create(topic()),
        world.publish(topic("new")),
        assume_role_arn=f"arn:aws:iam::{ACCOUNT}:role/reader",
        execute_role_arn=f"arn:aws:iam::{ACCOUNT}:role/writer",
    )
    before = run.collect_before()
    assert before.identity.value.arn.endswith(":assumed-role/reader/moto")
    # Both are assumed before the upgrade: how long the writer's credentials last is one of the facts.
    assert [call.operation for call in run.calls()].count("AssumeRole") == 2
    operation = run.execute(before, run.make_plan(before).value)
    assert operation.ending is Ending.COMPLETE
    assert [call.operation for call in run.calls()].count("AssumeRole") == 2
    assert len([text for text in run.secrets() if len(text) > 30]) == 4


def test_the_record_of_a_run_can_name_what_it_stood_on(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_RUN_ID", "42")
    monkeypatch.setenv("CO_SECRET", "hush")
    run = world.run(tmp_path, "any", "s3://any/thing", more="[stacks.t.parameters]\np = { env = 'CO_SECRET' }")
    environment = run.environment()
    assert environment["endpoint"] == world.url
    assert environment["GITHUB_RUN_ID"] == "42"
    assert environment["boto3"].count(".") == 2
    assert "hush" in run.secrets()
    assert run.target == "s3://any/thing"


def test_the_token_of_the_application_is_needed_and_is_a_secret(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "[stacks.t.health]\ntoken_env = 'CO_TOKEN'"
    with pytest.raises(UsageError, match=r"health\.token_env: environment variable CO_TOKEN is not set"):
        world.run(tmp_path, "any", "s3://any/thing", more=more)
    monkeypatch.setenv("CO_TOKEN", "cop_hush")
    run = world.run(tmp_path, "any", "s3://any/thing", more=more)
    assert "cop_hush" in run.secrets()
    assert "cop_hush" not in str(run.configuration())


def test_a_bundle_is_found_beside_the_configuration(world: World, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"health.ca_bundle: {tmp_path}/ca.pem: No such file"):
        world.run(tmp_path, "any", "s3://any/thing", more="[stacks.t.health]\nca_bundle = 'ca.pem'")


def test_the_command_line_wins_over_the_configuration(world: World, tmp_path: Path) -> None:
    stacks = world.run(tmp_path, "any", "s3://any/thing")
    run = Run(load(tmp_path / "stacks.toml"), "t", Wish(to="s3://other/thing", minutes=0.5))
    assert run.target == "s3://other/thing"
    assert run.run_id != stacks.run_id


def test_an_approval_from_before_its_plan_counts_for_nothing(world: World, tmp_path: Path) -> None:
    world.run(tmp_path, "any", "s3://any/thing")
    plan = bound()
    (tmp_path / "plan.json").write_text(plan.text())
    (tmp_path / "early.json").write_text(json.dumps(statement(plan.sha256, "Ada", "x", plan.made - timedelta(days=1))))
    wish = Wish(plan=tmp_path / "plan.json", approvals=(tmp_path / "early.json",))
    review = Run(load(tmp_path / "stacks.toml"), "t", wish).review(None)
    assert review.plan_sha256 == plan.sha256
    assert "before the plan was made" in review.approvals[0].problem


def register(world: World, before: Snapshot) -> str:
    """Give the group a target; its ARN."""
    arn = next(each.physical_id for each in before.resources.value if each.logical_id == "Group")
    world.client("elbv2").register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.0.0.5", "Port": 80}])
    return arn


def test_the_application_is_given_time_to_become_healthy(world: World, tmp_path: Path) -> None:
    told: list[Any] = []
    stack = world.create(topic(Resources=GROUP))
    run = world.run(tmp_path, stack, world.publish(topic()), health_minutes=0.2, progress=told.append)
    register(world, run.collect_before())
    before = run.collect_before()
    assert [target.state for target in before.target_groups.value["Group"].targets] == ["healthy"]
    world.faults(targets={"Group": "unhealthy"})
    heal = threading.Timer(0.5, world.calm)
    heal.start()
    after = run.collect_after(before)
    heal.join()
    assert [target.state for target in after.target_groups.value["Group"].targets] == ["healthy"]
    assert "waiting for Group unhealthy" in told


def test_when_time_is_over_the_facts_are_told_as_they_are(world: World, tmp_path: Path) -> None:
    stack = world.create(topic(Resources=GROUP))
    run = world.run(tmp_path, stack, world.publish(topic()), health_minutes=0.005)
    register(world, run.collect_before())
    before = run.collect_before()
    world.faults(targets={"Group": "unhealthy"})
    after = run.collect_after(before)
    assert isinstance(after.target_groups, Known)
    assert [target.state for target in after.target_groups.value["Group"].targets] == ["unhealthy"]


def test_a_clean_up_is_given_time_to_end(world: World, tmp_path: Path) -> None:
    """A replaced resource is removed in the clean-up; the gate reads what holds afterwards."""

    def named(name: str) -> dict[str, Any]:
        return topic(Resources={"Named": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}})

    stack = world.create(named(f"a-{tmp_path.name}"[:60]))
    cloudformation = world.client("cloudformation")
    statuses: list[str] = []
    run = world.run(tmp_path, stack, world.publish(topic()), settle=30)
    world.faults(pace=2.5)  # long enough to be met in its clean-up by a slow machine
    cloudformation.update_stack(StackName=stack, TemplateURL=world.publish(named(f"b-{tmp_path.name}"[:60])))
    while not statuses or not statuses[-1].endswith("CLEANUP_IN_PROGRESS"):
        statuses.append(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
        assert statuses[-1].endswith("_IN_PROGRESS"), statuses
        run.clock.sleep(0.05)
    before = run.collect_before()
    assert before.stack.value.status == "UPDATE_COMPLETE"
    assert isinstance(before.drift, Known)
    assert [call.operation for call in run.calls()].count("DescribeStacks") >= 2


def test_of_a_parameter_only_what_is_known_to_be_no_secret_goes_into_the_record(world: World, tmp_path: Path) -> None:
    declared = {
        "pShown": {"Type": "String", "Default": "a"},
        "pHidden": {"Type": "String", "Default": "a", "NoEcho": True},
    }
    run = world.run(
        tmp_path,
        world.create(topic()),
        world.publish(topic(Parameters=declared)),
        more="[stacks.t.parameters]\npShown = 'b'\npHidden = 'hush-hush'\npNowhere = 'c'",
    )
    untold = "(not told)"
    assert run.configuration()["parameters"] == dict.fromkeys(["pShown", "pHidden", "pNowhere"], untold)
    run.collect_before()
    assert run.configuration()["parameters"] == {"pShown": "b", "pHidden": untold, "pNowhere": untold}
    assert "hush-hush" in run.secrets()


def test_what_a_parameter_was_before_it_became_secret_is_told_nowhere(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CO_SECRET", "new-hush")
    names = ("pOpen", "pRotated")
    shown = {name: {"Type": "String", "Default": "a"} for name in names}
    target = {**shown, "pOpen": {"Type": "String", "Default": "a", "NoEcho": True}}
    stack = world.create(topic(Parameters=shown), pOpen="once-open", pRotated="old-hush")
    run = world.run(
        tmp_path,
        stack,
        world.publish(topic(Parameters=target)),
        more="[stacks.t.parameters]\npRotated = { env = 'CO_SECRET' }",
    )
    run.collect_before()
    assert {"once-open", "old-hush", "new-hush"} <= set(run.secrets())


class Later(SystemClock):
    """A clock that is hours ahead."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=3)


def test_a_window_that_has_closed_since_it_was_judged_keeps_shut(world: World, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    window = f"window = {{ from = {now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}, to = {now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ} }}"
    stack = world.create(topic())
    run = world.run(tmp_path, stack, world.publish(topic("new")), more=f"[stacks.t.change]\n{window}")
    before = run.collect_before()
    plan = run.make_plan(before).value
    run.clock = Later()
    operation = run.execute(before, plan)
    assert operation.ending is Ending.REFUSED
    assert "outside the change window" in operation.detail
    assert "ExecuteChangeSet" not in {call.operation for call in run.calls()}


def test_what_has_grown_too_old_since_it_was_judged_refuses(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    before = run.collect_before()
    operation = run.execute(before, run.make_plan(before).value, lambda: ["jobs were read an hour ago"])
    assert (operation.ending, operation.detail) == (
        Ending.REFUSED,
        "nothing was executed: jobs were read an hour ago",
    )
    assert "ExecuteChangeSet" not in {call.operation for call in run.calls()}


class Slow(SystemClock):
    """A clock on which forty minutes pass whenever somebody waits."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def now(self) -> datetime:
        return super().now() + self.passed

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.passed += timedelta(minutes=40)


def test_what_has_grown_old_while_drift_was_detected_is_read_anew(world: World, tmp_path: Path) -> None:
    world.run(tmp_path, world.create(topic()), world.publish(topic()))
    clock = Slow()
    run = Run(load(tmp_path / "stacks.toml"), "t", clock=clock)
    world.faults(drift_delay=1.0)
    before = run.collect_before()
    assert clock.passed
    assert before.stack.at > clock.now() - timedelta(minutes=5) > before.drift.at
    calls = [call.operation for call in run.calls()]
    assert (calls.count("DescribeStacks"), calls.count("DetectStackDrift")) == (2, 1)


def test_what_has_grown_old_while_health_was_waited_for_is_read_anew(world: World, tmp_path: Path) -> None:
    stack = world.create(topic(Resources=GROUP))
    world.run(tmp_path, stack, world.publish(topic()), health_minutes=0.001)
    clock = Slow()
    run = Run(load(tmp_path / "stacks.toml"), "t", clock=clock)
    register(world, run.collect_before())
    before = run.collect_before()
    world.faults(targets={"Group": "unhealthy"})
    after = run.collect_after(before)
    young = clock.now() - timedelta(minutes=5)
    assert min(after.stack.at, after.resources.at, after.drift.at, after.target_groups.at) > young


# ---- what an earlier run has begun -----------------------------------------------------------------------------------


def begun(world: World, folder: Path, target: Any = "new") -> tuple[str, Run]:
    """A stack, and a run that has updated it and was killed before it had judged anything."""
    stack = world.create(topic())
    run = world.run(folder, stack, world.publish(topic(target)))
    before = run.collect_before()
    run.execute(before, run.make_plan(before).value)
    return stack, run


def adopted(run: Run) -> Operation:
    run.take_up()
    assert run.begun is not None
    return run.adopt(run.begun)


def test_an_update_is_taken_up_by_what_aws_tells_of_it(world: World, tmp_path: Path) -> None:
    stack, first = begun(world, tmp_path)
    told = list[Any]()
    run = world.run(tmp_path, stack, first.target, progress=told.append)
    operation = adopted(run)
    assert (operation.ending, operation.adopted_from) == (Ending.COMPLETE, first.run_id)
    assert operation.token == f"plimsoll-{first.run_id}"
    assert operation.events[0].status == "UPDATE_IN_PROGRESS"
    assert any(f"adopted: run {first.run_id}'s update" in str(each) for each in told)
    assert [each.act for each in run.journal.store.records()] == [Act.ADOPTED, Act.TERMINAL]
    before = run.collect_before()
    assert isinstance(before.template, Unknown)
    assert run.make_plan(before).value.arn == operation.change_set_arn
    assert not run.plans_anew
    assert not {"CreateChangeSet", "ExecuteChangeSet", "DeleteChangeSet"} & {call.operation for call in run.calls()}


def test_an_update_to_another_target_that_runs_refuses(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    first = world.run(tmp_path, stack, world.publish(topic("new")), minutes=0.001)
    world.faults(pace=3)
    before = first.collect_before()
    assert first.execute(before, first.make_plan(before).value).ending is Ending.UNKNOWN
    run = world.run(tmp_path, stack, world.publish(topic("newer")))
    operation = adopted(run)
    assert (operation.ending, operation.adopted_from) == (Ending.REFUSED, "")
    assert f"run {first.run_id} upgrades this stack to {first.target}, this run wants {run.target}" in operation.detail
    assert run.journal.store.records() == ()


def test_one_that_has_ended_hinders_nobody(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack, first = begun(world, tmp_path)
    run = world.run(tmp_path, stack, world.publish(topic("newer")))
    monkeypatch.setattr(run._earlier, "journal", lambda _: first.journal.store)
    run.take_up()
    assert run.begun is None
    assert isinstance(run.collect_before().drift, Known)
    assert first.journal.store.records()[-1].act is Act.CONCLUDED


def test_the_same_template_elsewhere_is_the_same_target(world: World, tmp_path: Path) -> None:
    stack, first = begun(world, tmp_path)
    run = world.run(tmp_path, stack, world.publish(topic("new")))
    assert run.target != first.target
    assert adopted(run).ending is Ending.COMPLETE


def test_where_no_template_can_be_read_the_description_says_the_target(world: World, tmp_path: Path) -> None:
    stack, first = begun(world, tmp_path)
    run = world.run(tmp_path, stack, first.target)
    world.fail("GetTemplate", "denied")
    assert adopted(run).ending is Ending.COMPLETE


def test_what_may_have_begun_is_not_watched_as_if_it_had(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    run.begun = Begun("R1", "plimsoll-R1", "arn", "arn", run.clock.now(), unsure="no event of it is seen")
    operation = run.adopt(run.begun)
    assert (operation.ending, operation.adopted_from) == (Ending.UNKNOWN, "R1")
    assert "no event of it is seen" in operation.detail
    assert isinstance(run.collect_before().drift, Unknown)


def test_in_a_wrong_account_nothing_is_looked_for(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()), account_id="444455556666")
    run.take_up()
    assert run.begun is None
    assert [call.operation for call in run.calls()] == ["GetCallerIdentity"]
