"""Planned at noon, approved outside, executed at night: exactly that plan, or nothing and what has moved."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.approving import approve, asked_for_approval
from tests.acceptance.gate import Run, pytest_gate
from tests.acceptance.standing import Standing, standing

BUCKET, KEY = "codeocean-vpc", "templates/v4.1.0/codeocean.template.yaml"


@pytest.fixture(scope="module")
def sandbox(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    with standing(tmp_path_factory.mktemp("sandbox"), request.param) as made:
        yield made


def gate(sandbox: Standing, folder: Path, *arguments: str) -> Run:
    return pytest_gate(folder, "--stack", "demo", *arguments, **sandbox.environment)


def planned(sandbox: Standing, folder: Path) -> Path:
    """Plan ahead; the plan."""
    run = gate(sandbox, folder, "--ahead")
    assert (run.code, run.latest["verdict"]) == (0, "PLANNED"), run.output
    return folder / str(run.latest["plan"])


def change_sets(sandbox: Standing) -> list[str]:
    listed = sandbox.client("cloudformation").list_change_sets(StackName="codeocean")["Summaries"]
    return [row["ChangeSetName"] for row in listed]


def refused(sandbox: Standing, folder: Path, plan: Path, *words: str) -> None:
    """Executing this plan ends in 12 and names what has moved; nothing was executed."""
    executed = sandbox.operations().count("ExecuteChangeSet")
    run = gate(sandbox, folder / "refused", "--upgrade", f"--plan={plan}")
    assert (run.code, run.latest["verdict"]) == (12, "REFUSED"), run.output
    for word in words:
        assert word in run.output
    assert sandbox.operations().count("ExecuteChangeSet") == executed


@pytest.mark.parametrize("sandbox", ["jobs-running"], indirect=True)
def test_at_noon_while_people_work_and_at_night(sandbox: Standing, tmp_path: Path) -> None:
    noon = gate(sandbox, tmp_path / "noon", "--ahead")
    assert (noon.code, noon.latest["verdict"]) == (0, "PLANNED"), noon.output
    assert noon.outcome("no-batch-jobs-active") == "deferred"
    assert "variant-calling (RUNNING)" in noon.output
    assert len(change_sets(sandbox)) == 1

    plan = tmp_path / "noon" / noon.latest["plan"]
    early = gate(sandbox, tmp_path / "early", "--upgrade", f"--plan={plan}")
    assert (early.code, early.latest["verdict"]) == (10, "NO_GO"), early.output
    assert "no-batch-jobs-active" in early.output
    assert len(change_sets(sandbox)) == 1

    batch = sandbox.client("batch")
    queues = [row["jobQueueArn"] for row in batch.describe_job_queues()["jobQueues"]]
    for job in (row for queue in queues for row in batch.list_jobs(jobQueue=queue)["jobSummaryList"]):
        batch.terminate_job(jobId=job["jobId"], reason="night")
    again = gate(sandbox, tmp_path / "again", f"--plan={plan}")
    assert (again.code, again.latest["verdict"]) == (0, "GO"), again.output

    night = gate(sandbox, tmp_path / "night", "--upgrade", f"--plan={plan}")
    assert (night.code, night.latest["verdict"]) == (0, "UPGRADED"), night.output
    assert sandbox.operations().count("CreateChangeSet") == 1
    assert sandbox.operations().count("ExecuteChangeSet") == 1


@pytest.mark.parametrize("sandbox", ["healthy"], indirect=True)
def test_a_plan_has_its_target(sandbox: Standing, tmp_path: Path) -> None:
    stacks = Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"])
    configured = stacks.read_text()
    stacks.write_text(configured.replace('target = "v4.1.0"', 'target = "v4.0.0"', 1))
    noon = gate(sandbox, tmp_path / "noon", "--ahead", "--to=v4.1.0")
    assert (noon.code, noon.latest["verdict"]) == (0, "PLANNED"), noon.output

    again = gate(sandbox, tmp_path / "again", f"--plan={tmp_path / 'noon' / noon.latest['plan']}")
    stacks.write_text(configured)
    assert (again.code, again.latest["verdict"]) == (0, "GO"), again.output


@pytest.mark.parametrize("sandbox", ["healthy"], indirect=True)
def test_whatever_has_moved_since_is_named(sandbox: Standing, tmp_path: Path) -> None:
    plan = planned(sandbox, tmp_path / "noon")

    s3 = sandbox.client("s3")
    text = s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=text + b"# one more line\n")
    everything = json.dumps(
        {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    )
    cloudformation = sandbox.client("cloudformation")
    cloudformation.set_stack_policy(StackName="codeocean", StackPolicyBody=everything)
    refused(sandbox, tmp_path, plan, "target.sha256", "stack.policy_sha256")
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=text)

    made_by_another = tmp_path / "plan.json"
    made_by_another.write_text(json.dumps({**json.loads(plan.read_text()), "tool": "9.9.9"}))
    refused(sandbox, tmp_path, made_by_another, "the plan was made by Plimsoll 9.9.9, this is ")

    stacks = Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"])
    configured = stacks.read_text()
    parameters = "[stacks.demo.parameters]\n"
    stacks.write_text(configured.replace(parameters, f'{parameters}pRdsInstanceType = "db.t4g.medium"\n'))
    refused(sandbox, tmp_path, plan, 'parameters.pRdsInstanceType was "db.t4g.small", now it is "db.t4g.medium"')
    stacks.write_text(configured)

    ours = json.loads(plan.read_text())["change_set"]["arn"]
    cloudformation.delete_change_set(ChangeSetName=ours)
    refused(sandbox, tmp_path, plan, f"change set {ours} is gone")


@pytest.mark.parametrize("sandbox", ["healthy"], indirect=True)
def test_an_update_by_somebody_else_makes_the_plan_worthless(sandbox: Standing, tmp_path: Path) -> None:
    plan = planned(sandbox, tmp_path / "noon")
    cloudformation = sandbox.client("cloudformation")
    stack = cloudformation.describe_stacks(StackName="codeocean")["Stacks"][0]
    kept = [{"ParameterKey": row["ParameterKey"], "UsePreviousValue": True} for row in stack["Parameters"]]
    cloudformation.update_stack(
        StackName="codeocean",
        UsePreviousTemplate=True,
        Parameters=kept,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": "owner", "Value": "somebody else"}],
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName="codeocean", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )

    refused(sandbox, tmp_path, plan, "stack.updated was", 'stack.tags.owner was "platform"')
    judged = gate(sandbox, tmp_path / "judged", f"--plan={plan}")
    assert (judged.code, judged.latest["verdict"]) == (10, "NO_GO"), judged.output


@pytest.mark.parametrize("sandbox", ["rds-autoscaled-actual"], indirect=True)
def test_a_database_that_grows_between_plan_and_execution(sandbox: Standing, tmp_path: Path) -> None:
    plan = planned(sandbox, tmp_path / "noon")
    rds = sandbox.client("rds")
    identifier = rds.describe_db_instances()["DBInstances"][0]["DBInstanceIdentifier"]
    rds.modify_db_instance(DBInstanceIdentifier=identifier, AllocatedStorage=70, ApplyImmediately=True)

    refused(sandbox, tmp_path, plan, "databases.AnalyticsDBInstance.allocated_storage was 60, now it is 70")


@pytest.mark.parametrize("sandbox", ["approval-missing"], indirect=True)
def test_only_an_approved_plan_is_executed(sandbox: Standing, tmp_path: Path) -> None:
    unplanned = gate(sandbox, tmp_path / "unplanned", "--upgrade")
    assert unplanned.code == 4, unplanned.output
    assert "--ahead" in unplanned.output
    asked = gate(sandbox, tmp_path / "asked")
    assert (asked.code, asked.latest["verdict"]) == (10, "NO_GO"), asked.output

    plan = planned(sandbox, tmp_path / "noon")
    refused(sandbox, tmp_path, plan, "0 of 1 approvals")
    key = Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"]).with_name("ada.pem")
    stranger = approve(plan, key, "Eve")
    refusal = gate(sandbox, tmp_path / "eve", "--upgrade", f"--plan={plan}", f"--approval={stranger}")
    assert refusal.code == 12, refusal.output
    assert "'Eve' is none of the approvers" in refusal.output

    digest = asked_for_approval(plan, key).rpartition("sha256  ")[2].strip()
    assert "Rollback plan: " in asked_for_approval(plan, key, f"--digest={digest}")
    approval = plan.with_name("adaapprover.approval.json")
    run = gate(sandbox, tmp_path / "night", "--upgrade", f"--plan={plan}", f"--approval={approval}")
    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    report = (tmp_path / "night" / run.latest["report"]).read_text()
    assert "Ada Approver" in report
    assert "reviewed and approved" in report
