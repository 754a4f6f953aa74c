"""No alarm of the deployment tells of a fault.

Alarms that only scale are none of a fault; one that was raised just now is given time to be over.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
"""

from upgrade.catalogue import Finding, Severity, When, check, fail, not_applicable, tell
from upgrade.config.product import Product
from upgrade.facts.health import Alarm
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.alarms import fault_alarms, history, raised


@check(
    id="alarms-are-quiet",
    title="No alarm tells of a fault",
    severity=Severity.BLOCKER,
    when=When.START,
    why="A full data volume or an application that is down before an upgrade makes it fail, or hides what it breaks.",
    remedy="End the fault that the alarm tells of, then run the gate again.",
    requirements=("URS-33",),
    references=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",),
)
def check_alarms_are_quiet(before: Snapshot, product: Product) -> None:
    alarms = fault_alarms(before.alarms.value)
    if not alarms:
        not_applicable(
            f"none of the stack's {len(before.alarms.value)} alarms tells of a fault; those of scaling do not count"
        )
    found = [(product.blocks(name), _finding(name, each)) for name, each in raised(alarms).items()]
    warnings = [finding for blocks, finding in found if not blocks]
    warnings += [_absent(name, each) for name, each in alarms.items() if not each.state]
    fail([finding for blocks, finding in found if blocks], warnings)
    if silent := [name for name, each in alarms.items() if each.state == "INSUFFICIENT_DATA"]:
        tell(f"{len(alarms)} alarms, none raised; too little data for {', '.join(silent)}")


def _finding(name: str, alarm: Alarm) -> Finding:
    return Finding(
        found=f"{name} is in ALARM",
        expected="an alarm that is OK",
        remedy=f"find the fault that it tells of and end it; in ALARM {history(alarm)}",
        logical_id=name,
        physical_id=alarm.name,
    )


def _absent(name: str, alarm: Alarm) -> Finding:
    return Finding(
        found=f"the alarm {name} ({alarm.name}) does not exist in CloudWatch",
        expected="the alarm that the stack made",
        remedy="find out who deleted it: until it is there again, nobody is told of the fault it watches for",
        logical_id=name,
        physical_id=alarm.name,
    )
