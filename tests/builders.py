"""Valid facts to start from: a test says only what differs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from upgrade.config.entry import StackEntry
from upgrade.facts.backups import CopyJob, RecoveryPoint, Selection, Vault
from upgrade.facts.changes import ChangeDetail, Plan, ResourceChange
from upgrade.facts.compute import (
    Environment,
    Image,
    Instance,
    Job,
    JobQueue,
    Launch,
    LaunchSource,
    Machine,
    Queue,
    ScalingGroup,
)
from upgrade.facts.data import StatefulService, Volume
from upgrade.facts.drift import Drift, PropertyDifference, ResourceDrift
from upgrade.facts.functions import Function
from upgrade.facts.health import Alarm, Answer, Certificate
from upgrade.facts.keys import Key, Secret
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.lint import Lint
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.permissions import Permissions
from upgrade.facts.review import Acknowledgement, Approval, Review
from upgrade.facts.services import Database, DeployRole, LinkedStack, Role, Statement, Target, TargetGroup
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Credentials, Event, Identity, Resource, Stack, Template
from upgrade.facts.stuck import Stuck
from upgrade.facts.upkeep import Upkeep
from upgrade.rules.bound import BoundPlan, bind
from upgrade.rules.parameters import plan_parameters

T = TypeVar("T")

GIB = 1024**3
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ACCOUNT = "111122223333"
REGION = "us-east-1"
ARN = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/codeocean/0a1b2c3d"


def known(value: T) -> Known[T]:
    return Known(value, NOW)


def unknown(reason: Reason = Reason.DENIED, call: str = "service:Operation") -> Unknown:
    return Unknown(reason, "AWS said no", call, NOW)


def stack(**changes: Any) -> Stack:
    healthy = Stack(
        arn=ARN,
        name="codeocean",
        status="UPDATE_COMPLETE",
        status_reason="",
        created=NOW,
        updated=NOW,
        parameters={"pRdsAllocatedStorage": "20", "pRdsMaxAllocatedStorage": "100"},
        tags={"owner": "platform"},
        outputs={},
        capabilities=("CAPABILITY_IAM",),
        role_arn=None,
        parent_arn=None,
        root_arn=None,
    )
    return replace(healthy, **changes)


def body(version: str = "v4.0.0", **changes: Any) -> dict[str, Any]:
    return {
        "Metadata": {"CodeOcean::VersionInfo": {"Version": version}},
        "Parameters": {
            "pRdsAllocatedStorage": {"Type": "Number", "Default": 20},
            "pRdsMaxAllocatedStorage": {"Type": "Number", "Default": 100},
        },
        "Resources": {
            "AnalyticsDBInstance": {
                "Type": "AWS::RDS::DBInstance",
                "Properties": {
                    "AllocatedStorage": {"Ref": "pRdsAllocatedStorage"},
                    "MaxAllocatedStorage": {"Ref": "pRdsMaxAllocatedStorage"},
                    "DBInstanceClass": "db.t4g.small",
                },
            },
            "DataVolume": {"Type": "AWS::EC2::Volume", "Properties": {"Size": 500}},
            "AlarmsTopic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        },
        **changes,
    }


def template(version: str = "v4.0.0", source: str = "stack codeocean", **changes: Any) -> Template:
    return Template(source=source, sha256=f"{version:x<64}", size=1000, body=body(version, **changes))


def database(**changes: Any) -> Database:
    healthy = Database(
        identifier="codeocean-db",
        resource_id="db-ABC",
        status="available",
        engine="postgres",
        engine_version="15.7",
        instance_class="db.t4g.small",
        allocated_storage=20,
        max_allocated_storage=100,
        endpoint="codeocean-db.abc.us-east-1.rds.amazonaws.com:5432",
        encrypted=True,
        kms_key="",
        multi_az=True,
    )
    return replace(healthy, **changes)


def target_group(*states: str) -> TargetGroup:
    targets = tuple(Target(f"i-{number}", 80, state) for number, state in enumerate(states))
    return TargetGroup("arn:aws:elasticloadbalancing:tg", targets)


RESOURCES = (
    Resource("AnalyticsDBInstance", "codeocean-db", "AWS::RDS::DBInstance", "UPDATE_COMPLETE"),
    Resource("DataVolume", "vol-1", "AWS::EC2::Volume", "UPDATE_COMPLETE"),
    Resource("AlarmsTopic", "arn:aws:sns:topic", "AWS::SNS::Topic", "UPDATE_COMPLETE"),
)


def snapshot(**changes: Any) -> Snapshot:
    healthy = Snapshot(
        identity=known(Identity(ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/me", REGION)),
        stack=known(stack()),
        nested=known(()),
        resources=known(RESOURCES),
        template=known(template()),
        processed=known(template()),
        target=known(template("v4.1.0", "https://codeocean-vpc.s3.amazonaws.com/x")),
        drift=known(drift()),
        databases=known({"AnalyticsDBInstance": database()}),
        target_groups=known({"TargetGroupWeb": target_group("healthy")}),
        deploy_role=known(None),
        backup=known(None),
        executor=known(Identity(ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/me", REGION)),
        credentials=known(Credentials(temporary=False, renewable=False, expires=None)),
        service_role=known(None),
        storage_changes=known({"AnalyticsDBInstance": None}),
        jobs=known({"BatchJobsJobQueue": JobQueue("arn:aws:batch:queue", ())}),
        queues=known({"BatchJobsJobQueue": batch_queue()}),
        environments=known({"BatchJobsComputeEnvironment": environment()}),
        groups=known({"WorkersAutoScalingGroup": scaling_group()}),
        launches=known({"ServicesAutoScalingGroup": launch(machine())}),
        refreshes=known({}),
        subnets=known({}),
        instance_types=known({}),
        quotas=known({}),
        upkeep=known({"AnalyticsDBInstance": upkeep()}),
        functions=known({}),
        workers=known(()),
        images=known({}),
        lint=known(Lint("1.50.0", (), ())),
        prediction=known(prediction()),
        alarms=known({"ServicesUnhealthyHostAlarm": alarm()}),
        certificates=known({CERTIFICATE: known(certificate())}),
        permissions=known(permissions()),
        answers=known({HEALTH: Answer(200, "")}),
        version_probe=known(None),
        change_sets=known(()),
        running=known(None),
        stuck=known(()),
        stack_policy=known(""),
        rollback_alarms=known({}),
        topics=known({}),
        volumes=known({"DataVolume": volume()}),
        stateful_services=known({}),
        free_storage=known({"AnalyticsDBInstance": 15 * GIB}),
        selections=known((selection(),)),
        vaults=known({"codeocean-v1": VAULT}),
        recovery_points=known({"DataVolume": point(VOLUME_ARN), "AnalyticsDBInstance": point(DATABASE_ARN)}),
        copy_jobs=known(()),
        arrived=known({}),
        keys=known({KEY: known(key())}),
        secrets=known({"password": known(secret())}),
        nested_templates=known({}),
        nested_targets=known({}),
        stored=known({}),
        existing=known({}),
        importers=known({}),
    )
    return replace(healthy, **changes)


def stuck(name: str, reason: str = "it is busy", *, skip: bool = True) -> Stuck:
    """A resource that a rollback has left in UPDATE_FAILED."""
    return Stuck(name, name, f"{name}-1", "AWS::SNS::Topic", reason, skip)


def scaling_group(*states: str, **tags: str) -> ScalingGroup:
    """A worker group with one machine a lifecycle state."""
    machines = tuple(Instance(f"i-{number}", state) for number, state in enumerate(states))
    return ScalingGroup("codeocean-workers", machines, tags or {"codeocean:component": "workers"}, 10)


def job_queue(*statuses: str) -> JobQueue:
    """A queue with one job a status."""
    jobs = tuple(Job(f"id-{number}", f"job-{number}", status) for number, status in enumerate(statuses))
    return JobQueue("arn:aws:batch:queue", jobs)


AMI = "ami-0123456789abcdef0"


def launch(*machines: Machine, **changes: Any) -> Launch:
    """A group of one machine, launched from version 2 of its launch template."""
    return replace(Launch("services", 1, (LaunchSource("lt-1", "2", AMI),), machines), **changes)


def machine(**changes: Any) -> Machine:
    return replace(Machine("i-1", "InService", "lt-1", "2", AMI), **changes)


ENVIRONMENT = "arn:aws:batch:environment"


def environment(**changes: Any) -> Environment:
    return replace(Environment(ENVIRONMENT, "VALID", ""), **changes)


def batch_queue(**changes: Any) -> Queue:
    return replace(Queue("arn:aws:batch:queue", "VALID", "", (ENVIRONMENT,)), **changes)


def volume(**changes: Any) -> Volume:
    return replace(Volume("vol-1", size=500, state="in-use", kms_key="", modification=""), **changes)


def stateful_service(**changes: Any) -> StatefulService:
    return replace(StatefulService("codeocean-redis", "available", "redis", "7.1.0"), **changes)


def upkeep(**changes: Any) -> Upkeep:
    return replace(Upkeep("codeocean-db", "03:00-03:30", ("sun:05:00-sun:06:00",), ()), **changes)


def function(**changes: Any) -> Function:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:answer"
    return replace(Function(arn, "Active", "", "python3.12", runtime_error="", reserved=None), **changes)


def alarm(state: str = "OK", **changes: Any) -> Alarm:
    return replace(Alarm("codeocean-unhealthy", state, "Threshold crossed", NOW, ("arn:aws:sns:topic",)), **changes)


HEALTH = "https://co.example.com/health"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"


def certificate(days: float = 300, **changes: Any) -> Certificate:
    """Issued, and with so many days left."""
    issued = Certificate(CERTIFICATE, "co.example.com", "ISSUED", NOW + timedelta(days=days), renews=True)
    return replace(issued, **changes)


VOLUME_ARN = f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-1"
DATABASE_ARN = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:codeocean-db"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
VAULT = Vault(f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:codeocean-v1", KEY)


def selection(**changes: Any) -> Selection:
    """The data volume and the database, by ARN."""
    main = Selection(
        plan="codeocean",
        name="main",
        role=f"arn:aws:iam::{ACCOUNT}:role/backup",
        resources=(VOLUME_ARN, DATABASE_ARN),
        excluded=(),
        by_tags=False,
        vaults=("codeocean-v1",),
        copies_to=(),
    )
    return replace(main, **changes)


DESTINATION = "arn:aws:backup:us-west-2:444455556666:backup-vault:codeocean-backup-v1"


def point(resource: str = VOLUME_ARN, **changes: Any) -> RecoveryPoint:
    """One made six hours ago."""
    return replace(RecoveryPoint(resource, NOW - timedelta(hours=6), "codeocean-v1"), **changes)


def copy_job(resource: str = VOLUME_ARN, **changes: Any) -> CopyJob:
    """A copy to another account and region, completed five hours ago."""
    return replace(CopyJob(resource, DESTINATION, "COMPLETED", NOW - timedelta(hours=5), ""), **changes)


def key(state: str = "Enabled") -> Key:
    return Key(state, ("DataVolume",))


def secret(**changes: Any) -> Secret:
    return replace(Secret(exists=True, deleted=None, changed=None, used_by=("AnalyticsDBInstance",)), **changes)


def image(**changes: Any) -> Image:
    return replace(Image("ami-0123456789abcdef0", visible=True, state="available", key="", key_state=""), **changes)


def session(**changes: Any) -> Credentials:
    """A session that ends and is not renewed, three hours from now."""
    return replace(Credentials(temporary=True, renewable=False, expires=NOW + timedelta(hours=3)), **changes)


def role(**changes: Any) -> Role:
    healthy = Role(
        f"arn:aws:iam::{ACCOUNT}:role/deploy", "deploy", exists=True, trusts=("cloudformation.amazonaws.com",)
    )
    return replace(healthy, **changes)


def permissions(**changes: Any) -> Permissions:
    """A role of which the plan asks for nothing in particular."""
    return replace(Permissions(role().arn, exists=True, actions={}, passes={}), **changes)


def review(*acknowledged: Acknowledgement, **changes: Any) -> Review:
    return replace(Review("", "", (), acknowledged), **changes)


def acknowledgement(**changes: Any) -> Acknowledgement:
    """A statement made an hour ago for v4.0.0 → v4.1.0."""
    stated = Acknowledgement("maintenance_mode", "Ada", NOW - timedelta(hours=1), "v4.0.0", "v4.1.0")
    return replace(stated, **changes)


PLAN_SHA256 = "5" * 64
"""Digest of the plan that is approved."""


def approval(name: str = "Ada", **changes: Any) -> Approval:
    """A signed approval of that plan."""
    signed = Approval(
        file=f"{name}.json",
        name=name,
        meaning="approve",
        at=NOW - timedelta(hours=1),
        identity="",
        plan_sha256=PLAN_SHA256,
        signed=True,
        authenticated=True,
        problem="",
    )
    return replace(signed, **changes)


def drift(*rows: ResourceDrift) -> Drift:
    in_sync = tuple(
        ResourceDrift(r.logical_id, r.physical_id, r.type, "IN_SYNC")
        for r in RESOURCES
        if r.logical_id not in {row.logical_id for row in rows}
    )
    return Drift(NOW, (*rows, *in_sync))


def drifted(logical_id: str, path: str = "", expected: str = "a", actual: str = "b", **changes: Any) -> ResourceDrift:
    resource = next(r for r in RESOURCES if r.logical_id == logical_id)
    differences = (PropertyDifference(path, expected, actual, "NOT_EQUAL"),) if path else ()
    row = ResourceDrift(logical_id, resource.physical_id, resource.type, "MODIFIED", differences)
    return replace(row, **changes)


def detail(**changes: Any) -> ChangeDetail:
    static = ChangeDetail(
        attribute="Properties",
        name="DisplayName",
        path="/Properties/DisplayName",
        requires_recreation="Never",
        evaluation="Static",
        source="DirectModification",
        causing_entity="",
        before="a",
        after="b",
    )
    return replace(static, **changes)


def change(logical_id: str = "AlarmsTopic", *details: ChangeDetail, **changes: Any) -> ResourceChange:
    types = {r.logical_id: r.type for r in RESOURCES}
    modify = ResourceChange(
        action="Modify",
        logical_id=logical_id,
        physical_id=f"{logical_id}-1",
        type=types.get(logical_id, "AWS::SNS::Topic"),
        replacement="False",
        scope=("Properties",),
        details=details or (detail(),),
        policy_action="",
    )
    return replace(modify, **changes)


def plan(*changes: ResourceChange, **fields: Any) -> Plan:
    ready = Plan(
        arn=f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/plimsoll-1/1",
        name="plimsoll-1",
        stack_arn=ARN,
        created=NOW,
        status="CREATE_COMPLETE",
        status_reason="",
        execution_status="AVAILABLE",
        changes=changes or (change(),),
        parameters={"pRdsAllocatedStorage": "20", "pRdsMaxAllocatedStorage": "100"},
        tags={"owner": "platform"},
        capabilities=("CAPABILITY_IAM",),
        template=known(template("v4.1.0", "change set plimsoll-1")),
        processed=known(template("v4.1.0", "change set plimsoll-1")),
        nothing_to_do=False,
        validations=known(()),
        hooks=known(()),
    )
    return replace(ready, **fields)


def bound(made: Plan | None = None, before: Snapshot | None = None, **changes: Any) -> BoundPlan:
    """That plan as it is bound; `changes` are parts of it."""
    whole = bind(
        entry=entry(),
        before=before or snapshot(),
        plan=made or plan(),
        parameters=plan_parameters(entry(), stack(), template("v4.1.0"), {}),
        run="20261123T120000Z-0a1b2c3d",
        tool="0.1.0",
        versions=("v4.0.0", "v4.1.0"),
        checks_sha256="c" * 64,
        made=NOW,
        warnings=(),
        clean=str,
    )
    return whole.model_copy(update=changes)


def prediction(*changes: ResourceChange, **fields: Any) -> Plan:
    """What old against new says that plan would be."""
    made = {"arn": "", "name": "", "status": "PREDICTED", "execution_status": "UNAVAILABLE", "predicted": True}
    return plan(*changes, **{**made, **fields})


def event(logical_id: str = "codeocean", status: str = "UPDATE_COMPLETE", reason: str = "", **changes: Any) -> Event:
    types = {r.logical_id: r.type for r in RESOURCES}
    made = Event(
        event_id=f"{logical_id}-{status}",
        stack_arn=ARN,
        logical_id=logical_id,
        physical_id=ARN if logical_id == "codeocean" else f"{logical_id}-1",
        type=types.get(logical_id, "AWS::CloudFormation::Stack"),
        status=status,
        reason=reason,
        at=NOW,
        token="plimsoll-1",
    )
    return replace(made, **changes)


def operation(ending: Ending = Ending.COMPLETE, **changes: Any) -> Operation:
    done = Operation(
        ending=ending,
        token="plimsoll-1",
        change_set_arn=plan().arn,
        started=NOW,
        finished=NOW,
        events=(event(),),
        cause=None,
        detail="the update ended in UPDATE_COMPLETE",
    )
    return replace(done, **changes)


ROLE = "CodeOceanLeastPrivilegedDeployRole"


def role_template(version: str | None = "v4.1.0", *actions: str) -> Template:
    """A role stack's template that grants these actions on everything."""
    document = {"Statement": [{"Effect": "Allow", "Action": list(actions or ("s3:*",)), "Resource": "*"}]}
    properties = {"RoleName": ROLE, "Policies": [{"PolicyName": "deploy", "PolicyDocument": document}]}
    return template(
        version or "",
        source="stack role",
        Metadata={"CodeOcean::VersionInfo": {"Version": version}} if version else {},
        Resources={"DeployRole": {"Type": "AWS::IAM::Role", "Properties": properties}},
    )


def linked(version: str = "v4.1.0", **changes: Any) -> LinkedStack:
    return LinkedStack("prod-backup", stack(**changes), template(version))


def statement(*actions: str, effect: str = "Allow", resources: tuple[str, ...] = ("*",)) -> Statement:
    return Statement(effect, actions, (), resources, (), "")


def deploy_role(*statements: Statement, **changes: Any) -> DeployRole:
    healthy = DeployRole(
        arn=f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        name=ROLE,
        statements=statements or (statement("s3:*"),),
        linked=LinkedStack("prod-role", stack(name="role"), role_template()),
    )
    return replace(healthy, **changes)


def entry(**changes: Any) -> StackEntry:
    minimal = {
        "name": "prod",
        "product": "codeocean",
        "stack_name": "codeocean",
        "region": REGION,
        "account_id": ACCOUNT,
        "target": "v4.1.0",
    }
    return StackEntry.model_validate({**minimal, **changes})
