"""Which alarms tell of a fault. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from upgrade.facts.health import Alarm, Alarms

JUST = timedelta(minutes=5)
"""An alarm that was raised less long ago may be over in a moment."""


def fault_alarms(alarms: Alarms) -> Mapping[str, Alarm]:
    """Those that tell of a fault: not the ones whose every action is a scaling policy.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
    """
    return {name: each for name, each in sorted(alarms.items()) if not _scales(each)}


def raised(alarms: Alarms) -> Mapping[str, Alarm]:
    """Those of them that are in ALARM."""
    return {name: each for name, each in fault_alarms(alarms).items() if each.state == "ALARM"}


def just_raised(alarms: Alarms, now: datetime) -> list[str]:
    """Those that came into ALARM only now, a text each."""
    return [f"alarm {name}" for name, each in raised(alarms).items() if each.since and now - each.since < JUST]


def history(alarm: Alarm) -> str:
    """Since when it is raised, and why, in CloudWatch's words; no part of what is found, which a waiver must meet again."""
    since = f"since {alarm.since:%Y-%m-%d %H:%M %Z}" if alarm.since else "for an unknown time"
    return f"{since} ({alarm.reason})" if alarm.reason else since


def _scales(alarm: Alarm) -> bool:
    return bool(alarm.actions) and all(":scalingPolicy:" in action for action in alarm.actions)
