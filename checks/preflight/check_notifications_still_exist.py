"""Whoever is told of the stack's events can still be told.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-add-notifications.html
"""

from upgrade.catalogue import Finding, Severity, check, not_applicable, warn
from upgrade.facts.snapshot import Snapshot


@check(
    id="notifications-still-exist",
    title="Every topic that the stack notifies exists",
    severity=Severity.WARNING,
    why="Whoever relies on these messages hears nothing of the upgrade, nor of its failure.",
    remedy="Make the topic again, or give the stack another one.",
    requirements=("URS-12",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html",),
)
def check_notifications_still_exist(before: Snapshot) -> None:
    topics = before.topics.value
    if not topics:
        not_applicable("the stack notifies no topic")
    warn(
        [
            Finding(
                found=f"topic {arn} does not exist",
                expected="a topic that takes the stack's events",
                remedy="make the topic again, or name another one in the next update of the stack",
                physical_id=arn,
            )
            for arn, exists in topics.items()
            if not exists
        ]
    )
