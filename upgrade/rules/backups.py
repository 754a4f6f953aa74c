"""What AWS Backup takes in. Pure.

https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.facts.backups import RecoveryPoint, Selection
from upgrade.facts.stack import Identity, Resource, Stack

ARNS: Mapping[str, str] = {
    "AWS::DocDB::DBCluster": "rds:{place}:cluster:{id}",
    "AWS::DynamoDB::Table": "dynamodb:{place}:table/{id}",
    "AWS::EC2::Volume": "ec2:{place}:volume/{id}",
    "AWS::EFS::FileSystem": "elasticfilesystem:{place}:file-system/{id}",
    "AWS::FSx::FileSystem": "fsx:{place}:file-system/{id}",
    "AWS::Neptune::DBCluster": "rds:{place}:cluster:{id}",
    "AWS::RDS::DBCluster": "rds:{place}:cluster:{id}",
    "AWS::RDS::DBInstance": "rds:{place}:db:{id}",
    "AWS::S3::Bucket": "s3:::{id}",
}
"""Types that AWS Backup takes, and the ARN of one by its physical id."""

OWN_BACKUPS = frozenset({
    "AWS::ElastiCache::ReplicationGroup", "AWS::Elasticsearch::Domain", "AWS::OpenSearchService::Domain",
})  # fmt: skip
"""Types that hold data and that AWS Backup does not take; their services make snapshots of their own."""


def arns(resources: Iterable[Resource], identity: Identity) -> dict[str, str]:
    """The ARN of each resource that AWS Backup can take, by logical id."""
    partition, place = identity.arn.split(":")[1], f"{identity.region}:{identity.account}"
    return {
        each.logical_id: f"arn:{partition}:{ARNS[each.type].format(place=place, id=each.physical_id)}"
        for each in resources
        if each.type in ARNS and each.physical_id
    }


def takes_in(selection: Selection, arn: str) -> bool:
    """Whether a selection takes a resource in by its ARN; what tags decide is not known."""
    named = any(fnmatchcase(arn, pattern) for pattern in selection.resources)
    return named and not selection.by_tags and not any(fnmatchcase(arn, pattern) for pattern in selection.excluded)


def selected(arns: Mapping[str, str], selections: Iterable[Selection]) -> dict[str, list[Selection]]:
    """The selections that take in each resource by its ARN; only those that any does, by logical id."""
    known = tuple(selections)
    found = {name: [each for each in known if takes_in(each, arn)] for name, arn in arns.items()}
    return {name: each for name, each in found.items() if each}


def unselected(resources: Iterable[Resource], product: Product, protected: Container[str]) -> str:
    """What holds data and is not protected, in words: logical ids by type; keys, secrets and the like hold none."""
    found = defaultdict[str, list[str]](list)
    for each in resources:
        holds = product.is_stateful(each.logical_id, each.type) and each.type in {*ARNS, *OWN_BACKUPS}
        if holds and each.logical_id not in protected:
            found[each.type.removeprefix("AWS::").replace("::", " ")].append(each.logical_id)
    return "; ".join(f"{type_} {', '.join(names)}" for type_, names in sorted(found.items()))


def max_age(entry: StackEntry, product: Product) -> timedelta:
    """How old the newest recovery point may be."""
    return timedelta(hours=entry.backup_policy.recovery_point_max_age_hours or product.recovery_point_max_age_hours)


def is_recent(point: RecoveryPoint | None, now: datetime, age: timedelta) -> bool:
    """Whether there is a recovery point, and it is not older than this."""
    return point is not None and (point.continuous or now - point.created <= age)


def destinations(stack: Stack, product: Product, selections: Iterable[Selection]) -> tuple[str, ...]:
    """ARNs of the vaults that backups are copied to: that of the link to a backup stack, and those of the plans' rules."""
    linked = stack.parameters.get(product.backup_link, "") if product.backup_link else ""
    copied = (arn for each in selections for arn in each.copies_to)
    return tuple(dict.fromkeys(filter(None, (linked, *copied))))
