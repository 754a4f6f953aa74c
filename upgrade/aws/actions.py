"""IAM's names of what is called: mostly the operation's own, under the service's prefix.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re

PREFIXES = {
    "efs": "elasticfilesystem",
    "elbv2": "elasticloadbalancing",
    "monitoring": "cloudwatch",
    "opensearch": "es",
    "service-quotas": "servicequotas",
    "stepfunctions": "states",
}
"""Services, by botocore's name or by the one they sign with, whose prefix in policies is another."""

_OTHERS = {
    ("s3", "GetBucketEncryption"): "GetEncryptionConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "GetLifecycleConfiguration",
    ("s3", "GetBucketNotificationConfiguration"): "GetBucketNotification",
    ("s3", "GetBucketReplication"): "GetReplicationConfiguration",
    ("s3", "GetObjectLockConfiguration"): "GetBucketObjectLockConfiguration",
    ("s3", "GetPublicAccessBlock"): "GetBucketPublicAccessBlock",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "HeadObject"): "GetObject",
    ("s3", "ListBuckets"): "ListAllMyBuckets",
    ("s3", "ListObjectVersions"): "ListBucketVersions",
    ("s3", "ListObjectsV2"): "ListBucket",
}
"""Operations whose action has another name."""

_NAMED = re.compile(r"not authorized to perform:? \"?([a-z0-9-]+:\w+)")


def action(service: str, operation: str) -> str:
    """The action that allows an operation, e.g. `elasticloadbalancing:DescribeTargetHealth`.

    Args:
        service: botocore's name of the service, or the one it signs with.
        operation: botocore's name.
    """
    return f"{PREFIXES.get(service, service)}:{_OTHERS.get((service, operation), operation)}"


def named_in(message: str) -> str:
    """The action that a denial says is missing; empty where it names none.

    It may be another than that of the call: CreateChangeSet with a role needs iam:PassRole.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    found = _NAMED.search(message)
    return found[1] if found else ""
