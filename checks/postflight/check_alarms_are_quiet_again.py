"""No alarm has been raised by the upgrade: what was in ALARM before, and still is, is none of it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.health import Alarm
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.alarms import fault_alarms, history, raised


@check(
    id="alarms-are-quiet-again",
    title="No alarm tells of a fault that was not there before",
    severity=Severity.BLOCKER,
    why="A fault that comes with an upgrade, and is not over when the application had time to start, is its doing.",
    remedy="Look at what the alarm measures; the machine's start log says more.",
    requirements=("URS-37",),
    references=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",),
    compares_baseline=True,
    repeats="alarms-are-quiet",
)
def check_alarms_are_quiet_again(before: Snapshot, after: Snapshot) -> None:
    if not fault_alarms(after.alarms.value):
        not_applicable("no alarm of the stack tells of a fault; those of scaling do not count")
    was, now = raised(before.alarms.value), raised(after.alarms.value)
    fail(
        [_finding(name, each) for name, each in now.items() if name not in was],
        [_finding(name, each) for name, each in now.items() if name in was],
    )


def _finding(name: str, alarm: Alarm) -> Finding:
    return Finding(
        found=f"{name} is in ALARM",
        expected="an alarm that is OK, or was in ALARM before the upgrade as well",
        remedy=f"find the fault that it tells of and end it; in ALARM {history(alarm)}",
        logical_id=name,
        physical_id=alarm.name,
    )
