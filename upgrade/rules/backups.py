"""What AWS Backup takes in. Pure.

https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from upgrade.facts.backups import Selection
from upgrade.facts.stack import Identity, Resource

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
