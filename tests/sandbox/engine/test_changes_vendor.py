"""The change set of the vendor's real templates: what differs, what only reads that, and nothing else."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine.changes import Change, Side, compare
from sandbox.engine.details import differences
from sandbox.template.evaluate import Evaluator
from sandbox.template.graph import dependencies, waves
from sandbox.template.load import load
from sandbox.template.references import references
from tests.sandbox.engine.deployed import Given, deploy, side
from tests.sandbox.template.world import FakeWorld

pytestmark = pytest.mark.vendor

FOLDER = Path(os.environ.get("PLIMSOLL_VENDOR_TEMPLATES", Path(__file__).parents[4] / "shared/vendor"))

NEW_VPC = {
    "pDnsRootDomain": "example.com",
    "pHostedZoneId": "Z0123456789",
    "pNewVpcAvailabilityZone1": "us-east-1a",
    "pNewVpcAvailabilityZone2": "us-east-1b",
}
INTERNAL = {
    "pDnsRootDomain": "corp.example.com",
    "pVpcId": "vpc-1",
    "pAvailabilityZone1": "us-east-1a",
    "pAvailabilityZone2": "us-east-1b",
    "pPrivateSubnet1Id": "subnet-1",
    "pPrivateSubnet2Id": "subnet-2",
    "pPublicSubnet1Id": "subnet-3",
    "pPublicSubnet2Id": "subnet-4",
    "pDeploymentType": "internal",
    "pCertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/1",
    "pPrivateCA": "true",
    "pDestinationBackupVaultArn": "arn:aws:backup:us-east-1:444455556666:backup-vault:vault",
    "pDestinationBackupS3KmsKey": "arn:aws:kms:us-east-1:444455556666:key/1",
    "pDestinationBackupCapsulesBucketArn": "arn:aws:s3:::backup-capsules",
}
ROLES = {"pAssumableRoles": "arn:aws:iam::111122223333:role/reader"}
REGISTRY = {
    "pCustomUpstreamDockerRegistryEndpoint": "registry.example.com",
    "pCustomUpstreamDockerRegistrySecret": "arn:aws:secretsmanager:us-east-1:111122223333:secret:registry",
}
VARIANTS = pytest.mark.parametrize("given", [NEW_VPC, INTERNAL], ids=["vendor", "vendor-internal"])


@pytest.fixture(scope="module")
def bodies() -> tuple[dict[str, Any], dict[str, Any]]:
    """The templates of v3.7.0 and v3.8.2."""
    if not FOLDER.is_dir():
        pytest.skip(f"the vendor's templates are not in {FOLDER}; PLIMSOLL_VENDOR_TEMPLATES names their folder")
    old, new = (load((FOLDER / f"codeocean-{version}.template.yaml").read_text()) for version in ("v3.7.0", "v3.8.2"))
    return old, new


Bodies = tuple[dict[str, Any], dict[str, Any]]


def upgrade(bodies: Bodies, given: Given, added: Given | None = None) -> dict[str, Change]:
    old, new = side(bodies[0], given), side(bodies[1], {**given, **(added or {})})
    return {change.logical_id: change for change in compare(old, new, deploy(old, new.body), {})}


def is_static(change: Change) -> bool:
    return any(detail.evaluation == "Static" for detail in change.details)


def resolved(which: Side) -> dict[str, Any]:
    """Every active resource with its values, all ids and attributes known."""
    found = Evaluator(which.body, which.parameters, which.pseudo, FakeWorld())
    return {name: [found.properties(name), found.attributes(name)] for name in found.active()}


@VARIANTS
def test_the_rules_hold_and_the_order_is_found(bodies: Bodies, given: Given) -> None:
    for body in bodies:
        which = side(body, given)
        found = Evaluator(which.body, which.parameters, which.pseudo, FakeWorld())
        assert found.check_rules() == []
        assert sorted(name for wave in waves(dependencies(found)) for name in wave) == sorted(found.active())


def test_a_new_vpc_needs_two_zones(bodies: Bodies) -> None:
    which = side(bodies[0], {"pDnsRootDomain": "example.com", "pNewVpcAvailabilityZone1": "us-east-1a"})
    assert Evaluator(which.body, which.parameters, which.pseudo, FakeWorld()).check_rules() == [
        "Test if availability zone 1 and 2 are set when a new VPC is being created"
    ]


@VARIANTS
def test_the_same_version_changes_nothing(bodies: Bodies, given: Given) -> None:
    assert upgrade((bodies[1], bodies[1]), given) == {}


@VARIANTS
def test_static_is_exactly_what_differs_once_resolved(bodies: Bodies, given: Given) -> None:
    before, after = resolved(side(bodies[0], given)), resolved(side(bodies[1], given))
    differing = {name for name in before.keys() & after.keys() if any(differences(before[name], after[name]))}
    found = upgrade(bodies, given)
    assert {name for name, change in found.items() if is_static(change)} == differing
    assert {name for name, change in found.items() if change.action == "Remove"} == before.keys() - after.keys()
    assert {name for name, change in found.items() if change.action == "Add"} == after.keys() - before.keys()


@VARIANTS
def test_the_rest_only_reads_what_changes(bodies: Bodies, given: Given) -> None:
    found = upgrade(bodies, given)
    for name, change in found.items():
        if change.action == "Modify" and not is_static(change):
            resource = bodies[1]["Resources"][name]
            read = {(one.name, one.attribute) for one in references(resource)}
            for detail in change.details:
                owner, dot, attribute = str(detail.causing_entity).partition(".")
                assert (owner, attribute if dot else None) in read
                assert found[owner].action == "Modify"
                assert dot or found[owner].replacement == "Conditional"


@VARIANTS
def test_nobody_who_reads_what_changes_is_forgotten(bodies: Bodies, given: Given) -> None:
    found = upgrade(bodies, given)
    which = side(bodies[1], given)
    evaluator = Evaluator(which.body, which.parameters, which.pseudo, FakeWorld())
    for name in evaluator.active():
        for one in references(evaluator.reduced(bodies[1]["Resources"][name].get("Properties", {}))):
            change = found.get(one.name)
            if change and (one.attribute is not None or change.replacement != "False"):
                assert name in found


def test_what_differs_with_a_new_vpc(bodies: Bodies) -> None:
    found = upgrade(bodies, NEW_VPC)
    static = Counter(change.type for change in found.values() if is_static(change))
    assert static == {
        "AWS::S3::Bucket": 14,
        "AWS::EC2::LaunchTemplate": 6,
        "AWS::Batch::ComputeEnvironment": 5,
        "AWS::IAM::ManagedPolicy": 3,
        "AWS::AutoScaling::WarmPool": 2,
        "AWS::SecretsManager::Secret": 2,
        "AWS::AutoScaling::AutoScalingGroup": 1,
        "AWS::Backup::BackupVault": 1,
        "AWS::EC2::Volume": 1,
        "AWS::IAM::Role": 1,
        "AWS::KMS::Key": 1,
    }
    dynamic = Counter(change.type for change in found.values() if change.details and not is_static(change))
    assert dynamic == {
        "AWS::S3::BucketPolicy": 14,
        "AWS::CloudWatch::Alarm": 10,
        "AWS::Batch::JobQueue": 5,
        "AWS::AutoScaling::ScalingPolicy": 4,
        "AWS::AutoScaling::AutoScalingGroup": 2,
        "AWS::Backup::BackupPlan": 1,
        "AWS::Backup::BackupSelection": 1,
        "AWS::IAM::ManagedPolicy": 1,
        "AWS::KMS::Alias": 1,
    }
    assert [name for name, change in found.items() if change.action != "Modify"] == [
        "ServicesInstanceDedicatedMachinesAccess"
    ]


def test_a_backup_link_adds_its_readers(bodies: Bodies) -> None:
    more = upgrade(bodies, INTERNAL).keys() - upgrade(bodies, NEW_VPC).keys()
    assert more == {"CopyJobEventRule", "BackupJobEventRule", "S3BackupReplicationPolicy"}


@VARIANTS
def test_two_are_added_where_their_conditions_hold(bodies: Bodies, given: Given) -> None:
    found = upgrade(bodies, {**given, **ROLES}, REGISTRY)
    assert {name: change.action for name, change in found.items() if change.action != "Modify"} == {
        "CustomRegistrySecretAccessPolicy": "Add",
        "JobsAssumeRolePolicy": "Add",
        "ServicesInstanceDedicatedMachinesAccess": "Remove",
    }


@VARIANTS
def test_tags_are_all_that_changes_where_data_lives(bodies: Bodies, given: Given) -> None:
    found = upgrade(bodies, given)
    kept = {"DataVolume", "RedisAuthToken", "AnalyticsDBMasterPassword", "BackupKMSKey"}
    kept |= {name for name, change in found.items() if change.type == "AWS::S3::Bucket"}
    assert {(found[name].scope, found[name].replacement) for name in kept} == {(("Tags",), "False")}
    untouched = ("AnalyticsDBInstance", "DatasetsEfs", "ScratchEfs", "RedisReplicationGroup", "OpenSearchDomain")
    assert not set(untouched) & found.keys()


@VARIANTS
def test_new_launch_template_versions_reach_all_that_use_them(bodies: Bodies, given: Given) -> None:
    readers: dict[str, list[str]] = {}
    for name, change in upgrade(bodies, given).items():
        for detail in change.details:
            entity = str(detail.causing_entity)
            if entity.endswith(".LatestVersionNumber") and "LaunchTemplate" in str(detail.path):
                readers.setdefault(entity.partition(".")[0], []).append(name)
    assert readers == {
        "BatchJobsLaunchTemplate": ["BatchJobsComputeEnvironment"],
        "BatchLaunchTemplate": [
            "BatchOnDemandComputeEnvironment",
            "BatchGpuOnDemandComputeEnvironment",
            "BatchSpotComputeEnvironment",
            "BatchGpuSpotComputeEnvironment",
        ],
        "WorkersLaunchTemplate": ["WorkersAutoScalingGroup"],
        "GPUWorkersLaunchTemplate": ["GPUWorkersAutoScalingGroup"],
        "DedicatedMachinesLaunchTemplate": ["ServicesLaunchTemplate"],
        "ServicesLaunchTemplate": ["ServicesAutoScalingGroup"],
    }
