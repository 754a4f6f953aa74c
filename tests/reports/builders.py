"""Valid evidence of a run to start from, on the facts of tests/builders.py: a test says only what differs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from reports.build import build
from reports.record import Record
from reports.redact import Secrets, redact
from tests import builders as facts
from tests.builders import ACCOUNT, NOW, REGION
from upgrade.catalogue import CheckInfo, Finding, Outcome, Phase, Severity
from upgrade.config.product import load
from upgrade.facts.call import Call
from upgrade.facts.changes import ChangeDetail, ResourceChange
from upgrade.facts.known import Reason, Unknown
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.review import Review
from upgrade.facts.stack import Event
from upgrade.gate import manifest
from upgrade.gate.decision import EXIT_CODES, Decision
from upgrade.gate.evidence import Evidence
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Mode, Verdict, wants
from upgrade.rules.diagnosis import diagnose

RUN = "01937c3e-7a10-7000-8000-00000000abcd"
HOSTILE = "<script>alert(1)</script> ]]> \x1b[31mred\x1b[0m \x00 \u202egnihton & \"quoted\" 'too' {{ 7 * 7 }}"
"""All that could act on the way to a person: markup, end of CDATA, terminal colour, NUL, reversed reading."""


def finding(**changes: Any) -> Finding:
    small = Finding(
        found="the database has 60 GiB, the plan sets 20",
        expected="at least what the database has",
        remedy="Write the actual size into stacks.toml, or let it follow the database.",
        logical_id="AnalyticsDBInstance",
        physical_id="codeocean-db",
        property="AllocatedStorage",
        paste='[stacks.prod.parameters]\npRdsAllocatedStorage = "actual"',
    )
    return replace(small, **changes)


def check(id_: str, phase: Phase = Phase.FACTS, **changes: Any) -> CheckInfo:
    folder = {Phase.FACTS: "preflight", Phase.PLAN: "preflight"}.get(phase, phase.value)
    info = CheckInfo(
        id=id_,
        title=id_.replace("-", " ").capitalize(),
        severity=Severity.BLOCKER,
        phase=phase,
        why="CloudFormation would otherwise change what nobody meant to change, and a rollback could not undo it.",
        remedy="Bring it back to what the check expects, then run the gate again.",
        requirement="The current template is replaced by the target version's",
        requirements=("URS-07",),
        references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacks.html",),
        guards_plan=False,
        compares_baseline=False,
        repeats="",
        file=f"checks/{folder}/check_{id_.replace('-', '_')}.py",
    )
    return replace(info, **changes)


def entry(id_: str, phase: Phase = Phase.FACTS, outcome: Outcome = Outcome.PASS, **changes: Any) -> Entry:
    about = {name: changes.pop(name) for name in ("severity", "title", "why") if name in changes}
    return replace(Entry(check(id_, phase, **about), outcome, started=NOW, seconds=0.012), **changes)


def entries(**outcomes: Outcome) -> tuple[Entry, ...]:
    """The checks of an upgrade, all passed but those named (with underscores)."""
    named = {
        "account-is-the-expected-one": Phase.FACTS,
        "backup-stack-is-upgraded-first": Phase.FACTS,
        "deploy-role-is-current": Phase.FACTS,
        "drift-is-understood": Phase.FACTS,
        "rds-storage-matches-parameter": Phase.FACTS,
        "stack-is-at-rest": Phase.FACTS,
        "template-is-the-target": Phase.FACTS,
        "change-set-is-ready": Phase.PLAN,
        "stateful-resources-survive": Phase.PLAN,
        "upgrade": Phase.UPGRADE,
        "database-is-intact": Phase.POSTFLIGHT,
        "targets-are-healthy-again": Phase.POSTFLIGHT,
        "update-is-complete": Phase.POSTFLIGHT,
        "version-is-the-target": Phase.POSTFLIGHT,
    }
    return tuple(entry(id_, phase, outcomes.get(id_.replace("-", "_"), Outcome.PASS)) for id_, phase in named.items())


def call(operation: str = "DescribeStacks", **changes: Any) -> Call:
    made = Call(
        service="cloudformation",
        operation=operation,
        at=NOW,
        seconds=0.043,
        attempts=1,
        request_id="5c1f4f0e-7c1a-4a54-9d0e-0d6d5b0f6a11",
        outcome="ok",
        endpoint=f"https://cloudformation.{REGION}.amazonaws.com",
        mutates=operation in {"CreateChangeSet", "ExecuteChangeSet"},
        door="plan" if operation == "CreateChangeSet" else "apply" if operation == "ExecuteChangeSet" else "read",
    )
    return replace(made, **changes)


def decision(verdict: Verdict, sentence: str = "all 9 preflight checks hold") -> Decision:
    return Decision(verdict, sentence)


def evidence(**changes: Any) -> Evidence:
    """An upgrade that went well."""
    mode = changes.setdefault("mode", Mode.UPGRADE)
    done = Evidence(
        run_id=RUN,
        mode=mode,
        entry="prod",
        configuration={"stack_name": "codeocean", "region": REGION, "account_id": ACCOUNT, "minutes": 120},
        product="codeocean",
        target="https://codeocean-vpc.s3.amazonaws.com/templates/v4.1.0/codeocean.template.yaml",
        command=("pytest", "--stack", "prod", "--upgrade"),
        started=NOW,
        finished=NOW + timedelta(minutes=7, seconds=4),
        decision=decision(Verdict.UPGRADED, "the update ended in UPDATE_COMPLETE; all 4 postflight checks hold"),
        entries=tuple(each for each in entries() if wants(mode, each.check.id, each.check.phase)),
        before=facts.snapshot(),
        plan=facts.known(facts.plan()),
        operation=operation(),
        after=facts.snapshot(
            target=facts.unknown(), drift=facts.unknown(), template=facts.known(facts.template("v4.1.0"))
        ),
        own_facts={},
        review=Review("", "", (), ()),
        waivers=(),
        report_only=(),
        bound=None,
        calls=(call(), call("CreateChangeSet"), call("ExecuteChangeSet"), call("DescribeStackEvents", attempts=2)),
        environment={"plimsoll": "0.1.0", "python": "3.11.7", "boto3": "1.43.0", "platform": "Linux"},
    )
    told = replace(done, **changes)
    return replace(told, manifest=manifest.text(each.check for each in told.entries))


def steps(logical_id: str, *statuses: str, at: int = 0, reason: str = "", **changes: Any) -> list[Event]:
    """Events of one resource, three seconds apart, beginning so many seconds after the start."""
    physical = {resource.logical_id: resource.physical_id for resource in facts.RESOURCES}
    if logical_id in physical:
        changes.setdefault("physical_id", physical[logical_id])
    return [
        facts.event(
            logical_id,
            status,
            reason if status.endswith("_FAILED") else "",
            at=NOW + timedelta(seconds=at + 3 * number),
            event_id=f"{logical_id}-{at}-{number}",
            **changes,
        )
        for number, status in enumerate(statuses)
    ]


def operation(*events: Event, ending: Ending = Ending.COMPLETE, **changes: Any) -> Operation:
    told = events or (
        *steps("codeocean", "UPDATE_IN_PROGRESS"),
        *steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", at=1),
        *steps("codeocean", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE", at=8),
    )
    made = facts.operation(ending, events=tuple(told), finished=NOW + timedelta(minutes=6))
    return replace(made, **changes)


def no_go() -> Evidence:
    """A gate that stays shut: one check failed, one could not tell, one warns, the rest is blocked."""
    told = list(entries(change_set_is_ready=Outcome.BLOCKED, stateful_resources_survive=Outcome.BLOCKED))[:9]
    told[1] = replace(told[1], outcome=Outcome.ERROR, detail="cloudformation:DescribeStacks: denied: not authorized")
    told[2] = entry("termination-protection-is-on", outcome=Outcome.WARN, findings=(_unprotected(),))
    told[4] = replace(told[4], outcome=Outcome.FAIL, findings=(finding(),))
    return evidence(
        mode=Mode.GATE,
        decision=decision(Verdict.NO_GO, "1 check failed: rds-storage-matches-parameter"),
        entries=tuple(told),
        plan=None,
        operation=None,
        after=None,
        before=facts.snapshot(backup=facts.unknown(Reason.DENIED, "cloudformation:DescribeStacks")),
        calls=(call(), call("DetectStackDrift")),
    )


def _unprotected() -> Finding:
    return finding(
        found="termination protection is off",
        expected="on",
        remedy="Switch it on.",
        logical_id="",
        physical_id="",
        property="",
        paste="aws cloudformation update-termination-protection --enable-termination-protection --stack-name codeocean",
        blocking=False,
    )


def unread(arn: str) -> Unknown:
    return Unknown(Reason.DENIED, f"not allowed: {arn}", "", NOW)


def rolled_back() -> Evidence:
    """An update that failed and was undone."""
    reason = (
        'Resource handler returned message: "You can\'t specify tags for more than one resource" (HandlerErrorCode: X)'
    )
    events = [
        *steps("codeocean", "UPDATE_IN_PROGRESS"),
        *steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", at=1),
        *steps("DataVolume", "UPDATE_IN_PROGRESS", "UPDATE_FAILED", at=4, reason=reason),
        *steps("AnalyticsDBInstance", "UPDATE_IN_PROGRESS", "UPDATE_FAILED", at=5, reason="Resource update cancelled"),
        *steps("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", at=9),
        *steps("DataVolume", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", at=10),
        *steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", at=14),
        *steps("codeocean", "UPDATE_ROLLBACK_COMPLETE", at=20),
    ]
    cause = next(event for event in events if event.status == "UPDATE_FAILED")
    changes = [facts.change(id_) for id_ in ("AlarmsTopic", "DataVolume", "AnalyticsDBInstance")]
    return evidence(
        decision=decision(
            Verdict.ROLLED_BACK, f"The old state is healthy (all 8 of its checks hold). DataVolume: {reason}"
        ),
        plan=facts.known(facts.plan(*changes)),
        operation=operation(
            *events,
            ending=Ending.ROLLED_BACK,
            cause=cause,
            detail=f"DataVolume: {reason}",
            diagnosis=diagnose(events, unread, unread, unread),
        ),
    )


def of_verdict(verdict: Verdict) -> Evidence:
    """Some evidence with this verdict."""
    executed = {Verdict.UPGRADED, Verdict.ROLLED_BACK, Verdict.NEEDS_OPERATOR, Verdict.UNKNOWN, Verdict.UNHEALTHY}
    sentence = f"this run ended in {verdict}, exit code {EXIT_CODES[verdict]}"
    if verdict in executed:
        return replace(rolled_back(), decision=decision(verdict, sentence))
    return replace(no_go(), decision=decision(verdict, sentence))


def hostile() -> Evidence:
    """Every text AWS or a template may choose holds what must stay text."""
    event = steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_FAILED", reason=HOSTILE)[-1]
    change = facts.change(
        "AlarmsTopic", facts.detail(before=HOSTILE, after=f"{HOSTILE}!", causing_entity=HOSTILE), after_context=HOSTILE
    )
    stack = facts.stack(tags={HOSTILE: HOSTILE}, outputs={"Url": HOSTILE}, parameters={"pName": HOSTILE})
    drifted = facts.drifted("DataVolume", "/Size", HOSTILE, "y", reason=HOSTILE)
    return evidence(
        decision=decision(Verdict.ROLLED_BACK, HOSTILE),
        entries=(entry("stack-is-at-rest", outcome=Outcome.FAIL, detail=HOSTILE, findings=(_hostile_finding(),)),),
        before=facts.snapshot(stack=facts.known(stack), drift=facts.known(facts.drift(drifted))),
        plan=facts.known(facts.plan(change, parameters={"pName": HOSTILE}, tags={HOSTILE: "x"}, status_reason=HOSTILE)),
        operation=operation(
            event,
            ending=Ending.ROLLED_BACK,
            cause=event,
            detail=HOSTILE,
            diagnosis=diagnose([event], unread, unread, unread),
        ),
        environment={"ci": HOSTILE},
        target=HOSTILE,
        calls=(call(outcome=HOSTILE, endpoint="http://127.0.0.1:5000"),),
    )


def _hostile_finding() -> Finding:
    return finding(
        **dict.fromkeys(("found", "expected", "remedy", "logical_id", "physical_id", "property", "paste"), HOSTILE)
    )


def big(resources: int = 300) -> Evidence:
    """The size of the vendor's real pair, and more: every kind of change, long ids, long values."""
    kinds = _kinds()
    changes = [_change(number, **kinds[number % len(kinds)]) for number in range(resources)]
    events = steps("codeocean", "UPDATE_IN_PROGRESS")
    for number, change in enumerate(changes):
        events += _happened(change, number)
    events += steps("codeocean", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE", at=resources * 2 + 30)
    after = facts.known(facts.stack(parameters=_parameters("v4.1.0")))
    return evidence(
        plan=facts.known(facts.plan(*changes, parameters=_parameters("v4.1.0"))),
        operation=operation(*events),
        before=facts.snapshot(stack=facts.known(facts.stack(parameters=_parameters("v4.0.0")))),
        after=facts.snapshot(stack=after, target=facts.unknown(), drift=facts.unknown()),
        calls=tuple(call() for _ in range(200)),
    )


def _kinds() -> list[dict[str, Any]]:
    user_data = "IyEvYmluL2Jhc2gKc2V0IC1l" * 180
    image = _detail("LaunchTemplateData/ImageId", "ami-0a1b2c3d4e5f60718", "ami-0f9e8d7c6b5a40312")
    script = _detail("LaunchTemplateData/UserData", f"{user_data}A", f"{user_data}BB")
    kind = _detail("InstanceType", "m5.large", "m7i.large", requires_recreation="Always")
    tag = facts.detail(attribute="Tags", name="", path="/Properties/Tags/0/Value", before="v4.0.0", after="v4.1.0")
    added = '{"Properties": {"RetentionInDays": "30", "Tags": [{"Key": "owner", "Value": "platform"}]}}'
    return [
        {"action": "Add", "replacement": "", "scope": (), "details": (), "after_context": added},
        {"action": "Remove", "replacement": "", "scope": (), "details": (), "policy_action": "Delete"},
        {"replacement": "True", "policy_action": "ReplaceAndDelete", "details": (kind,)},
        {"replacement": "Conditional", "details": (_dynamic("LaunchTemplate", "Conditionally"),)},
        *[{"details": (script, image, tag)}] * 4,
        *[{"details": (_dynamic("Environment/Variables/QUEUE", "Never"),)}] * 6,
    ]


def _change(number: int, **fields: Any) -> ResourceChange:
    name = f"Service{number:03}{'WithAVeryLongLogicalIdThatGoesOnAndOn' if number % 7 == 0 else 'Resource'}"
    return replace(facts.change(name), type="AWS::EC2::LaunchTemplate", **fields)


def _parameters(version: str) -> dict[str, str]:
    return {**{f"pParameter{number:02}": f"value-{number}" for number in range(60)}, "pVersion": version}


def _happened(change: ResourceChange, at: int) -> list[Event]:
    statuses = {"Add": ("CREATE_IN_PROGRESS", "CREATE_COMPLETE"), "Remove": ("DELETE_IN_PROGRESS", "DELETE_COMPLETE")}
    update = ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    events = steps(change.logical_id, *statuses.get(change.action, update), at=2 * at, type=change.type)
    if change.replacement == "True":
        events[-1] = replace(events[-1], physical_id=f"{change.logical_id}-2")
    return events


def _detail(path: str, before: str, after: str, **changes: Any) -> ChangeDetail:
    name = path.split("/", maxsplit=1)[0]
    return facts.detail(name=name, path=f"/Properties/{path}", before=before, after=after, **changes)


def _dynamic(path: str, recreation: str) -> ChangeDetail:
    return _detail(
        path,
        "1",
        "{{changeSet:KNOWN_AFTER_APPLY}}",
        evaluation="Dynamic",
        source="ResourceAttribute",
        causing_entity="Service004Resource.LatestVersionNumber",
        requires_recreation=recreation,
    )


def made(of: Evidence, *secrets: str) -> Record:
    """The redacted record, as it is written."""
    return redact(build(of, load(of.product)), Secrets(secrets))
