"""Whether the moment is right: each read where it works, where it is refused and where nothing is there.

What can't be read is unknown with the reason; it is never an empty queue, group or list.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.builders import ACCOUNT, REGION, entry, known, stack, template, unknown
from tests.upgrade import things
from tests.upgrade.world import World, topic
from upgrade.facts.compute import Image, Job
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads.readiness import Readiness
from upgrade.facts.services import Role
from upgrade.facts.stack import Identity, Resource, Template
from upgrade.template.read import parse

QUEUE, GROUP, DATABASE = "AWS::Batch::JobQueue", "AWS::AutoScaling::AutoScalingGroup", "AWS::RDS::DBInstance"
SHARED, OTHER = "ami-0d94e17b3c5a80f26", "ami-0b41c0e5d2a7f9310"

Read = Callable[[Readiness], Fact[Any] | None]


def readiness(world: World, product: str = "generic", role: str | None = None, **keys: Any) -> Readiness:
    return Readiness(world.source(entry(product=product, **keys), executes=role))


def resources(*found: tuple[str, str, str]) -> Known[tuple[Resource, ...]]:
    """Logical id, physical id and type of each, among others."""
    rows = [("Topic", "arn:topic", "AWS::SNS::Topic"), *found]
    return known(tuple(Resource(*row, "UPDATE_COMPLETE") for row in rows))


def launching(*images: str) -> Known[Template]:
    rows = {
        f"I{number}": {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": id_}}
        for number, id_ in enumerate(images)
    }
    return known(template(Resources={"Topic": {"Type": "AWS::SNS::Topic"}, **rows}))


def value(fact: Fact[Any] | None) -> Any:
    assert isinstance(fact, Known), fact
    return fact.value


def reason(fact: Fact[Any] | None) -> Reason:
    assert isinstance(fact, Unknown), fact
    return fact.reason


# ---- where it works --------------------------------------------------------------------------------------------------


def test_the_jobs_of_every_queue_are_read(world: World) -> None:
    busy, idle = things.queue(world), things.queue(world)
    job = things.job(world, busy, "nightly")
    found = value(readiness(world).jobs(resources(("Busy", busy, QUEUE), ("Idle", idle, QUEUE))))
    assert {name: queue.jobs for name, queue in found.items()} == {
        "Busy": (Job(job, "nightly", "RUNNING"),),
        "Idle": (),
    }


def test_the_machines_of_every_group_are_read(world: World) -> None:
    busy, idle = things.group(world, 1, component="workers"), things.group(world)
    found = value(readiness(world).groups(resources(("Busy", busy, GROUP), ("Idle", idle, GROUP))))
    assert {name: [each.state for each in group.instances] for name, group in found.items()} == {
        "Busy": ["InService"],
        "Idle": [],
    }
    assert found["Busy"].tags == {"component": "workers"}


def test_the_last_change_of_every_databases_storage_is_read(world: World) -> None:
    grown, quiet = things.database(world), things.database(world)
    world.client("rds").modify_db_instance(DBInstanceIdentifier=grown, AllocatedStorage=80, ApplyImmediately=True)
    found = value(readiness(world).storage_changes(resources(("Grown", grown, DATABASE), ("Quiet", quiet, DATABASE))))
    assert isinstance(found["Grown"], datetime)
    assert found["Quiet"] is None


def test_worker_machines_of_this_deployment_are_read(world: World) -> None:
    mine = known(stack(name="deployment-of-ours"))
    tags = {"Name": "codeocean-dedicated-worker", "codeocean:deployment": "deployment-of-ours"}
    machine = things.machine(world, **tags)
    things.machine(world, **{**tags, "codeocean:deployment": "another"})
    found = value(readiness(world, "codeocean").workers(mine))
    assert [(each.id, each.state) for each in found] == [(machine, "running")]


def test_where_the_product_knows_no_workers_nobody_is_asked(world: World) -> None:
    sent = len(world.calls())
    assert value(readiness(world).workers(known(stack()))) == ()
    assert len(world.calls()) == sent


def test_every_image_that_the_target_launches_is_read(world: World) -> None:
    world.faults(images={SHARED: {"state": "pending"}, OTHER: {}})
    found = value(readiness(world).images(launching(SHARED, OTHER), known(stack())))
    assert {id_: image.state for id_, image in found.items()} == {SHARED: "pending", OTHER: "available"}


def test_a_target_that_launches_nothing_needs_no_image(world: World) -> None:
    sent = len(world.calls())
    assert value(readiness(world).images(launching(), known(stack()))) == {}
    assert len(world.calls()) == sent


@pytest.mark.parametrize(
    ("configured", "live", "used"),
    [(True, True, "configured"), (True, False, "configured"), (False, True, "live")],
    ids=["configured before the stack's", "configured", "the stack's"],
)
def test_the_role_cloudformation_will_use_is_read(world: World, configured: bool, live: bool, used: str) -> None:
    roles = {"configured": things.role(world), "live": things.role(world)}
    keys = {"service_role_arn": roles["configured"]} if configured else {}
    mine = known(stack(role_arn=roles["live"] if live else None))
    found = value(readiness(world, **keys).service_role(mine))
    assert (found.arn, found.exists) == (roles[used], True)
    assert found.trusts == ("cloudformation.amazonaws.com",)


def test_without_a_role_there_is_none_to_read(world: World) -> None:
    sent = len(world.calls())
    assert value(readiness(world).service_role(known(stack(role_arn=None)))) is None
    assert len(world.calls()) == sent


def test_the_credentials_are_those_that_execute(world: World) -> None:
    assert not value(readiness(world).credentials()).temporary
    assert value(readiness(world, role=f"arn:aws:iam::{ACCOUNT}:role/executor").credentials()).temporary


def test_who_executes_is_asked_only_where_it_is_somebody_else(world: World) -> None:
    sent, reader = len(world.calls()), known(Identity(ACCOUNT, "arn:reader", "us-east-1"))
    assert readiness(world).executor(reader) is reader
    assert len(world.calls()) == sent
    other = readiness(world, role=f"arn:aws:iam::{ACCOUNT}:role/executor").executor(reader)
    assert "assumed-role/executor/" in value(other).arn


# ---- where it is refused ---------------------------------------------------------------------------------------------


def _jobs(world: World) -> Read:
    rows = resources(("One", things.queue(world), QUEUE), ("Two", things.queue(world), QUEUE))
    return lambda ready: ready.jobs(rows)


def _groups(world: World) -> Read:
    rows = resources(("One", things.group(world), GROUP))
    return lambda ready: ready.groups(rows)


def _storage(world: World) -> Read:
    rows = resources(("One", things.database(world), DATABASE))
    return lambda ready: ready.storage_changes(rows)


def _images(world: World) -> Read:
    world.faults(images={SHARED: {"kms_key": f"arn:aws:kms:{REGION}:524950183868:key/1"}})
    return lambda ready: ready.images(launching(OTHER, SHARED), known(stack()))


def _role(world: World) -> Read:
    arn = things.role(world)
    return lambda ready: ready.service_role(known(stack(role_arn=arn)))


def _workers(_: World) -> Read:
    return lambda ready: ready.workers(known(stack()))


READS: dict[str, Callable[[World], Read]] = {
    "batch:ListJobs": _jobs,
    "autoscaling:DescribeAutoScalingGroups": _groups,
    "rds:DescribeEvents": _storage,
    "ec2:DescribeInstances": _workers,
    "ec2:DescribeImages": _images,
    "ec2:DescribeSnapshots": _images,
    "kms:DescribeKey": _images,
    "iam:GetRole": _role,
}


def refused(world: World, monkeypatch: pytest.MonkeyPatch, call: str, kind: str) -> Unknown:
    """What a read says whose call is refused at once."""
    read = READS[call](world)
    things.at_once(monkeypatch)
    world.fail(call.partition(":")[2], kind)
    found = read(readiness(world, "codeocean"))
    assert isinstance(found, Unknown), found
    return found


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("denied", Reason.DENIED),
        ("throttle", Reason.THROTTLED),
        ("expired", Reason.EXPIRED),
        ("http500", Reason.TIMED_OUT),
        ("drop", Reason.TIMED_OUT),
    ],
)
@pytest.mark.parametrize("call", READS)
def test_what_is_refused_is_unknown_with_the_reason(
    world: World, monkeypatch: pytest.MonkeyPatch, call: str, kind: str, why: Reason
) -> None:
    assert refused(world, monkeypatch, call, kind).reason is why


@pytest.mark.parametrize("call", READS)
def test_what_is_refused_names_the_action_to_allow(world: World, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    assert refused(world, monkeypatch, call, "denied").call == call


def test_of_a_role_that_may_not_be_assumed_no_credentials_are_known(world: World) -> None:
    world.fail("AssumeRole", "denied")
    found = readiness(world, role=f"arn:aws:iam::{ACCOUNT}:role/executor").credentials()
    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, "sts:AssumeRole")


# ---- where nothing is there ------------------------------------------------------------------------------------------


def test_a_stack_without_such_resources_has_none_and_nobody_is_asked(world: World) -> None:
    ready, sent = readiness(world), len(world.calls())
    assert [value(read(resources())) for read in (ready.jobs, ready.groups, ready.storage_changes)] == [{}, {}, {}]
    assert len(world.calls()) == sent


@pytest.mark.parametrize("fact", ["jobs", "groups"])
def test_a_resource_that_is_gone_is_not_taken_for_an_empty_one(world: World, fact: str) -> None:
    make, type_ = {"jobs": (things.queue, QUEUE), "groups": (things.group, GROUP)}[fact]
    found = getattr(readiness(world), fact)(resources(("There", make(world), type_), ("Gone", "absent", type_)))
    assert reason(found) in {Reason.NOT_FOUND, Reason.FAILED}
    assert "absent" in str(found)


def test_an_image_that_is_not_there_is_told_so(world: World) -> None:
    world.faults(images={SHARED: {"shared": False}})
    found = value(readiness(world).images(launching(SHARED), known(stack())))
    assert found == {SHARED: Image(SHARED, visible=False, state="", key="", key_state="")}


def test_a_role_that_is_not_there_is_told_so(world: World) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/absent"
    found = value(readiness(world).service_role(known(stack(role_arn=arn))))
    assert found == Role(arn, "absent", exists=False, trusts=())


# ---- where something else is not known -------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", ["jobs", "groups", "storage_changes"])
def test_without_the_resources_nothing_is_read(world: World, fact: str) -> None:
    sent = len(world.calls())
    found = getattr(readiness(world), fact)(unknown())
    assert reason(found) is Reason.BLOCKED
    assert "AWS said no" in str(found)
    assert len(world.calls()) == sent


def test_without_the_stack_neither_its_workers_nor_its_role_are_known(world: World) -> None:
    ready = readiness(world, "codeocean")
    assert reason(ready.workers(unknown())) is Reason.BLOCKED
    assert reason(ready.service_role(unknown())) is Reason.BLOCKED


def test_a_configured_role_is_read_whatever_is_known_of_the_stack(world: World) -> None:
    assert value(readiness(world, service_role_arn=things.role(world)).service_role(unknown())).exists


@pytest.mark.parametrize("missing", ["target", "stack"])
def test_without_target_or_stack_no_image_is_known(world: World, missing: str) -> None:
    target: Fact[Template] = unknown() if missing == "target" else launching(SHARED)
    found = readiness(world).images(target, unknown() if missing == "stack" else known(stack()))
    assert reason(found) is Reason.BLOCKED


# ---- cfn-lint --------------------------------------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "plimsoll" / "lint"


def yaml(name: str) -> Known[Template]:
    return known(parse(f"Resources: {{{name}: {{Type: AWS::SNS::Topic}}}}".encode(), name))


def test_where_the_target_has_an_error_both_templates_are_linted(world: World, cache: Path) -> None:
    broken = known(parse(b"Resources: {T: {Type: AWS::SNS::Topic, Properties: {Nonsense: 1}}}", "x"))
    found = value(readiness(world).lint(yaml("T"), broken))
    assert (found.deployed, [error.path for error in found.target]) == ((), ["Resources/T/Properties/Nonsense"])
    assert found.version
    assert len(list(cache.iterdir())) == 2


def test_where_the_target_has_none_there_is_nothing_to_compare(world: World, cache: Path) -> None:
    found = value(readiness(world).lint(yaml("T"), yaml("New")))
    assert (found.deployed, found.target) == (None, ())
    assert len(list(cache.iterdir())) == 1


def test_a_template_that_stays_as_it_is_is_linted_once(world: World, cache: Path) -> None:
    broken = known(parse(b"Resources: {T: {Type: AWS::SNS::Topic, Properties: {Nonsense: 1}}}", "x"))
    found = value(readiness(world).lint(broken, broken))
    assert found.target
    assert found.deployed == found.target
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("missing", ["deployed", "target"])
def test_without_both_templates_neither_is_linted(world: World, cache: Path, missing: str) -> None:
    deployed: Fact[Template] = unknown() if missing == "deployed" else yaml("T")
    found = readiness(world).lint(deployed, unknown() if missing == "target" else yaml("T"))
    assert reason(found) is Reason.BLOCKED
    assert not cache.exists()


def test_the_snapshot_has_all_of_it(world: World, tmp_path: Path, cache: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    before = run.collect_before()
    for fact in (before.jobs, before.groups, before.storage_changes, before.images):
        assert value(fact) == {}
    assert value(before.lint).target == ()
    assert (before.workers.value, before.service_role.value) == ((), None)
