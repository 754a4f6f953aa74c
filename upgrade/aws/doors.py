"""Which operations a client may call: everything that is not written here is refused.

Reading is what every client may do, one that a check makes by itself included. Three doors lead further: `plan` makes and
deletes our own change sets, `apply` executes one, cancels an update or continues a rollback, `store` puts and lists
objects where the configuration says and signs with the key that it names. Nothing else can change anything. Operation names are botocore's; that a list is read to its end and a
secret is never fetched is on purpose.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from upgrade.facts.changes import run_of

READS: Mapping[str, frozenset[str]] = {
    "acm": frozenset({"DescribeCertificate"}),
    "autoscaling": frozenset({"DescribeAutoScalingGroups", "DescribeInstanceRefreshes"}),
    "backup": frozenset({
        "GetBackupPlan", "GetBackupSelection", "ListBackupPlans", "ListBackupSelections", "ListBackupVaults", "ListCopyJobs",
        "ListRecoveryPointsByBackupVault", "ListRecoveryPointsByResource",
    }),
    "batch": frozenset({"DescribeComputeEnvironments", "DescribeJobQueues", "ListJobs"}),
    "cloudformation": frozenset({
        "DescribeChangeSet", "DescribeChangeSetHooks", "DescribeEvents", "DescribeStackDriftDetectionStatus", "DescribeStackEvents", "DescribeStackResourceDrifts",
        "DescribeStackResources", "DescribeStacks", "DetectStackDrift", "GetHookResult", "GetStackPolicy", "GetTemplate", "ListChangeSets",
        "ListImports", "ListStackResources",
    }),
    "cloudwatch": frozenset({"DescribeAlarms", "GetMetricStatistics"}),
    "ec2": frozenset({
        "DescribeAddresses", "DescribeAvailabilityZones", "DescribeImages", "DescribeInstanceTypeOfferings",
        "DescribeInstanceTypes", "DescribeInstances", "DescribeKeyPairs", "DescribeLaunchTemplateVersions",
        "DescribeSecurityGroups", "DescribeSnapshots", "DescribeSubnets", "DescribeVolumes",
        "DescribeVolumesModifications", "DescribeVpcs", "GetEbsDefaultKmsKeyId",
    }),
    "efs": frozenset({"DescribeFileSystems"}),
    "elasticache": frozenset({"DescribeCacheClusters", "DescribeReplicationGroups", "DescribeUpdateActions"}),
    "elbv2": frozenset({"DescribeTargetHealth"}),
    "iam": frozenset({
        "GetPolicy", "GetPolicyVersion", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies",
        "SimulatePrincipalPolicy",
    }),
    "kms": frozenset({"DescribeKey", "GetPublicKey"}),
    "lambda": frozenset({"GetFunctionConcurrency", "GetFunctionConfiguration"}),
    "opensearch": frozenset({"DescribeDomain"}),
    "rds": frozenset({
        "DescribeDBInstances", "DescribeDBSnapshots", "DescribeEvents", "DescribePendingMaintenanceActions",
    }),
    "route53": frozenset({"GetHostedZone"}),
    "s3": frozenset({"GetBucketEncryption", "GetObject", "GetObjectLockConfiguration", "HeadObject"}),
    "secretsmanager": frozenset({"DescribeSecret"}),
    "service-quotas": frozenset({"GetAWSDefaultServiceQuota", "GetServiceQuota"}),
    "sns": frozenset({"GetTopicAttributes"}),
    "ssm": frozenset({"GetParameter"}),
    # How credentials are had: by roles, web identities, IAM Identity Center and `aws login`.
    "signin": frozenset({"CreateOAuth2Token"}),
    "sso": frozenset({"GetRoleCredentials"}),
    "sso-oidc": frozenset({"CreateToken"}),
    "sts": frozenset({"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetCallerIdentity"}),
}  # fmt: skip
"""By service, what changes nothing. Drift detection changes nothing but the drift status."""


class Door(StrEnum):
    """What a client may do."""

    READ = "read"
    PLAN = "plan"
    APPLY = "apply"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Grant:
    """A door, and of `store` where it leads."""

    door: Door = Door.READ
    place: str = ""
    """An s3:// address, below which objects may be put, and listed; or a KMS key, which may sign."""


NEVER_SENT = frozenset({
    "DeploymentConfig", "DeploymentMode", "DisableRollback", "DisableValidation", "ImportExistingResources",
    "OnStackFailure", "RetainExceptOnCreate",
})  # fmt: skip
"""Parameters by which CloudFormation would do something else than update the stack, or would not take it back."""

ASKED = frozenset({"StackName", "ClientRequestToken", "ResourcesToSkip"})
"""To cancel an update or to continue a rollback; never a RoleARN: CloudFormation goes on with the stack's own."""

PUT = frozenset({
    "Bucket", "Key", "Body", "ContentType", "IfNoneMatch", "ChecksumAlgorithm", "ChecksumSHA256", "ObjectLockMode",
    "ObjectLockRetainUntilDate",
})  # fmt: skip

READ = Grant()
"""What every client has that was granted nothing."""


def _makes_ours(parameters: Mapping[str, Any], _: str) -> bool:
    return _is_our_change_set(parameters, _) and parameters.get("ChangeSetType") == "UPDATE"


def _is_our_change_set(parameters: Mapping[str, Any], _: str) -> bool:
    return bool(run_of(str(parameters.get("ChangeSetName")))) and not parameters.keys() & NEVER_SENT


def _is_ours(parameters: Mapping[str, Any], _: str) -> bool:
    return bool(run_of(str(parameters.get("ClientRequestToken")))) and parameters.keys() <= ASKED


def _puts_anew(parameters: Mapping[str, Any], place: str) -> bool:
    """Only below the configured address, and never over an object that is there."""
    address = f"s3://{parameters.get('Bucket')}/{parameters.get('Key')}"
    below = bool(place) and address.startswith(place.rstrip("/") + "/")
    return below and parameters.get("IfNoneMatch") == "*" and parameters.keys() <= PUT


def _lists_below(parameters: Mapping[str, Any], place: str) -> bool:
    address = f"s3://{parameters.get('Bucket')}/{parameters.get('Prefix')}"
    return bool(place) and address.startswith(place.rstrip("/") + "/")


def _signs_a_digest(parameters: Mapping[str, Any], place: str) -> bool:
    """Only with the configured key, and only what evidence is sealed by."""
    asked = {name: value for name, value in parameters.items() if name != "Message"}
    return bool(place) and asked == {"KeyId": place, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}


WRITES: Mapping[Door, Mapping[tuple[str, str], Callable[[Mapping[str, Any], str], bool]]] = {
    Door.READ: {},
    Door.PLAN: {
        ("cloudformation", "CreateChangeSet"): _makes_ours,
        ("cloudformation", "DeleteChangeSet"): _is_our_change_set,
    },
    Door.APPLY: {
        ("cloudformation", "ExecuteChangeSet"): _is_our_change_set,
        ("cloudformation", "ContinueUpdateRollback"): _is_ours,
        ("cloudformation", "CancelUpdateStack"): _is_ours,
    },
    Door.STORE: {
        ("s3", "PutObject"): _puts_anew,
        ("s3", "ListObjectsV2"): _lists_below,
        ("kms", "Sign"): _signs_a_digest,
    },
}
"""By door, what may be called beside what every client may, and what its parameters must be."""


def is_reading(service: str, operation: str) -> bool:
    """Whether this operation of this service (botocore's name) is on the list of those that change nothing."""
    return operation in READS.get(service, frozenset())


def allows(grant: Grant, service: str, operation: str, parameters: Mapping[str, Any]) -> bool:
    """Whether a client with this grant may make this call."""
    if is_reading(service, operation):
        return not parameters.get("WithDecryption")  # SSM's way to read a secret
    condition = WRITES[grant.door].get((service, operation))
    return condition is not None and condition(parameters, grant.place)
