"""What CloudFormation can't take back if an update fails half-way, and how it would go about it. Pure.

A rollback is an update to the previous template: what a service does not let go back fails there as well, and the stack
ends in UPDATE_ROLLBACK_FAILED. Resources are removed only when everything else is done, so a removal is no obstacle.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
"""

from collections.abc import Iterable, Iterator, Mapping

from upgrade.config.entry import StackEntry
from upgrade.facts.changes import ChangeDetail, Plan, ResourceChange
from upgrade.facts.stack import Stack

ENGINE = "an engine does not go back to an older version"
SIZE = "storage can't be made smaller again"

ONE_WAY: Mapping[tuple[str, str], str] = {
    ("AWS::DocDB::DBCluster", "EngineVersion"): ENGINE,
    ("AWS::EC2::Volume", "Size"): SIZE,
    ("AWS::EKS::Cluster", "Version"): ENGINE,
    ("AWS::ElastiCache::CacheCluster", "EngineVersion"): ENGINE,
    ("AWS::ElastiCache::ReplicationGroup", "EngineVersion"): ENGINE,
    ("AWS::FSx::FileSystem", "StorageCapacity"): SIZE,
    ("AWS::MSK::Cluster", "KafkaVersion"): ENGINE,
    ("AWS::Neptune::DBCluster", "EngineVersion"): ENGINE,
    ("AWS::OpenSearchService::Domain", "EngineVersion"): ENGINE,
    ("AWS::RDS::DBCluster", "EngineVersion"): ENGINE,
    ("AWS::RDS::DBInstance", "AllocatedStorage"): SIZE,
    ("AWS::RDS::DBInstance", "EngineVersion"): ENGINE,
    ("AWS::S3::Bucket", "ObjectLockEnabled"): "object lock can't be switched off again",
}
"""By type and property: why it can't be set back in place.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modify-volume.html"""


def one_way(changes: Iterable[ResourceChange]) -> Iterator[tuple[ResourceChange, ChangeDetail, str]]:
    """Changes in place that a rollback can't undo, each with the reason; a replaced resource is simply kept instead."""
    for change in changes:
        if change.action != "Modify" or change.replacement == "True":
            continue
        for detail in change.details:
            reason = ONE_WAY.get((change.type, detail.name))
            if reason and detail.source != "NoModification" and not _back_is_upward(detail, reason):
                yield change, detail, reason


def rollback_plan(stack: Stack, plan: Plan, entry: StackEntry, deployed: str) -> str:
    """What happens if the update fails, and afterwards; a few sentences for the report.

    Args:
        stack: as it is.
        plan: what is to be done.
        entry: the configuration.
        deployed: the version, or the source, of the template that is deployed.
    """
    replaced = sum(change.replacement in {"True", "Conditional"} for change in plan.changes)
    triggers = {arn for arn, _ in stack.rollback_triggers} | set(entry.rollback_triggers)
    until = f"until {stack.monitoring_minutes} minutes after the last change"
    watched = f"{len(triggers)} alarms can ask for it, {until}" if triggers else "no alarm asks for it"
    who = entry.service_role_arn or stack.role_arn or "the permissions of the caller"
    return (
        f"Rollback plan: if one of the {len(plan.changes)} changes fails, CloudFormation goes back to {deployed} by itself, "
        f"with {who}; {watched}. "
        f"Up to {replaced} replaced resources are exchanged for the old ones, which are removed only at the very end. "
        f"After UPDATE_COMPLETE the way back is an upgrade to {deployed}, whose template and parameters the evidence keeps. "
        "UPDATE_ROLLBACK_FAILED needs a person: "
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html"
    )


def _back_is_upward(detail: ChangeDetail, reason: str) -> bool:
    """Whether the value before is the same or, of a size, the larger one."""
    if detail.before is not None and detail.before == detail.after:
        return True
    try:
        return reason == SIZE and float(detail.before or "") >= float(detail.after or "")
    except ValueError:
        return False
