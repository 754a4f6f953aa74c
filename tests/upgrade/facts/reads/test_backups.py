"""What AWS Backup keeps of the stack's resources: plans and vaults, recovery points, copies."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.builders import ACCOUNT, REGION, entry, known, linked, selection, stack, unknown
from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.aws.backup import read_recovery_points
from upgrade.facts.backups import Selection
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads.backups import Backups
from upgrade.facts.stack import Identity, Resource

IDENTITY = known(Identity(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/me", REGION))
ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup"


class Backed:
    """A volume in a world, and a plan that puts it into a vault."""

    def __init__(self, world: World) -> None:
        self.world, self.backup = world, world.client("backup")
        self.volume, self.vault = things.volume(world, 10), f"vault-{uuid4()}"
        self.arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/{self.volume}"
        self.made = self.backup.create_backup_vault(BackupVaultName=self.vault)["BackupVaultArn"]
        self.resources = known((Resource("V", self.volume, "AWS::EC2::Volume", ""),))
        self.reads = Backups(world.source(entry()))

    def plan(self, copy_to: str = "", **selected: Any) -> None:
        copies = {"CopyActions": [{"DestinationBackupVaultArn": copy_to}]} if copy_to else {}
        rule = {"RuleName": "daily", "TargetBackupVaultName": self.vault, **copies}
        plan = self.backup.create_backup_plan(BackupPlan={"BackupPlanName": self.vault, "Rules": [rule]})
        chosen = {"SelectionName": "main", "IamRoleArn": ROLE, **selected}
        self.backup.create_backup_selection(BackupPlanId=plan["BackupPlanId"], BackupSelection=chosen)

    def back_up(self) -> str:
        job = self.backup.start_backup_job(BackupVaultName=self.vault, ResourceArn=self.arn, IamRoleArn=ROLE)
        return str(job["RecoveryPointArn"])

    def copy(self, destination: str) -> None:
        self.backup.start_copy_job(
            RecoveryPointArn=self.back_up(),
            SourceBackupVaultName=self.vault,
            DestinationBackupVaultArn=destination,
            IamRoleArn=ROLE,
        )

    def selections(self) -> list[Selection]:
        """Those of our own plan."""
        found = self.reads.selections(self.resources, IDENTITY).value
        return [each for each in found if each.plan == self.vault]

    def chosen(self, **changes: Any) -> Known[tuple[Selection, ...]]:
        return known((selection(resources=(self.arn,), vaults=(self.vault,), **changes),))

    def points(self, chosen: Any = None) -> Any:
        return self.reads.recovery_points(self.resources, IDENTITY, chosen or self.chosen())


@pytest.fixture
def backed(world: World) -> Backed:
    return Backed(world)


def reason(fact: Fact[Any]) -> Reason:
    assert isinstance(fact, Unknown), fact
    return fact.reason


def test_a_selection_is_told_with_its_plan(backed: Backed) -> None:
    backed.plan(Resources=[backed.arn], NotResources=["arn:aws:ec2:*:*:volume/other"], copy_to="arn:there")
    assert backed.selections() == [
        Selection(
            plan=backed.vault,
            name="main",
            role=ROLE,
            resources=(backed.arn,),
            excluded=("arn:aws:ec2:*:*:volume/other",),
            by_tags=False,
            vaults=(backed.vault,),
            copies_to=("arn:there",),
        )
    ]


def test_one_that_goes_by_tags_may_take_anything_in(backed: Backed) -> None:
    backed.plan(ListOfTags=[{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}])
    assert [each.by_tags for each in backed.selections()] == [True]
    assert backed.points(known((selection(by_tags=True),))).value == {"V": None}


def test_one_that_names_others_is_none_of_ours(backed: Backed) -> None:
    backed.plan(Resources=["arn:aws:ec2:us-east-1:111122223333:volume/other"])
    assert backed.selections() == []
    assert backed.points(known(())).value == {}


def test_vaults_are_told_with_their_key_and_only_if_they_exist(backed: Backed) -> None:
    found = backed.reads.vaults(backed.resources, known((selection(vaults=(backed.vault, "absent")),))).value
    assert {name: vault.arn for name, vault in found.items()} == {backed.vault: backed.made}


def test_the_vault_of_the_stack_is_told_too(backed: Backed) -> None:
    own = known((Resource("Vault", backed.vault, "AWS::Backup::BackupVault", ""),))
    assert list(backed.reads.vaults(own, known(())).value) == [backed.vault]


def test_the_newest_recovery_point_is_told(backed: Backed) -> None:
    assert backed.points().value == {"V": None}
    backed.world.faults(event_age=7200.0)
    backed.back_up()
    backed.world.faults(event_age=0.0)
    old = backed.points().value["V"]
    backed.back_up()
    new = backed.points().value["V"]
    assert (new.resource, new.vault, new.continuous) == (backed.arn, backed.vault, False)
    assert new.created - old.created > timedelta(hours=1)


def test_a_snapshot_made_by_hand_is_a_recovery_point(backed: Backed) -> None:
    backed.world.client("ec2").create_snapshot(VolumeId=backed.volume)
    found = backed.points().value["V"]
    assert (found.resource, found.vault) == (backed.arn, "")


def test_a_database_that_was_snapshotted_by_hand_has_one_too(backed: Backed) -> None:
    name = things.database(backed.world)
    arn = f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{name}"
    resources = known((Resource("D", name, "AWS::RDS::DBInstance", ""),))
    chosen = known((selection(resources=(arn,)),))
    assert backed.reads.recovery_points(resources, IDENTITY, chosen).value == {"D": None}
    backed.world.client("rds").create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"s-{uuid4()}")
    found = backed.reads.recovery_points(resources, IDENTITY, chosen).value["D"]
    assert found is not None
    assert found.resource == arn


def _at(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


def test_only_what_can_be_restored_is_a_recovery_point() -> None:
    points = things.answering(
        "backup",
        lambda *_: {
            "RecoveryPoints": [
                {"CreationDate": _at(1), "Status": "AVAILABLE", "BackupVaultName": "v"},
                {"CreationDate": _at(2), "Status": "COMPLETED", "BackupVaultName": "v"},
                {"CreationDate": _at(3), "Status": "PARTIAL", "BackupVaultName": "v"},
                {"CreationDate": _at(4), "Status": "EXPIRED", "BackupVaultName": "v"},
            ]
        },
    )
    found = read_recovery_points(points, "arn")
    assert [(each.created.day, each.continuous) for each in found] == [(1, True), (2, False)]


def test_copies_are_told_the_newest_first(backed: Backed) -> None:
    there = backed.backup.create_backup_vault(BackupVaultName=f"there-{uuid4()}")["BackupVaultArn"]
    linked_ = known(stack(parameters={"pDestinationBackupVaultArn": there}))
    for _ in range(2):
        backed.copy(there)
    found = backed.reads.copy_jobs(linked_, backed.chosen()).value
    assert [(job.resource, job.destination, job.state) for job in found] == [(backed.arn, there, "COMPLETED")] * 2
    assert found[0].at >= found[1].at


def test_a_copy_that_failed_is_told_with_the_reason(backed: Backed) -> None:
    absent = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:absent-{uuid4()}"
    backed.copy(absent)
    [job] = backed.reads.copy_jobs(known(stack()), backed.chosen(copies_to=(absent,))).value
    assert (job.state, "does not exist" in job.message) == ("FAILED", True)


def test_a_copy_of_long_ago_is_no_news(backed: Backed) -> None:
    backed.world.faults(event_age=90 * 3600.0)
    backed.copy(backed.made)
    backed.world.faults(event_age=0.0)
    assert backed.reads.copy_jobs(known(stack()), backed.chosen(copies_to=(backed.made,))).value == ()


def test_what_lies_in_a_vault_of_our_own_account_is_read(backed: Backed) -> None:
    backed.back_up()
    [(vault, fact)] = backed.reads.arrived(
        known(stack()), backed.chosen(copies_to=(backed.made,)), known(None)
    ).value.items()
    assert vault == backed.made
    assert isinstance(fact, Known)
    assert [each.resource for each in fact.value] == [backed.arn]


@pytest.mark.parametrize("backup", [known(None), known(linked()), unknown()], ids=["none", "elsewhere", "unknown"])
def test_a_vault_of_an_account_that_no_entry_is_of_is_not_asked_for(backed: Backed, backup: Any) -> None:
    other = "arn:aws:backup:us-west-2:444455556666:backup-vault:v"
    [fact] = backed.reads.arrived(known(stack()), backed.chosen(copies_to=(other,)), backup).value.values()
    assert reason(fact) is Reason.NOT_ASKED


def test_a_vault_that_may_not_be_read_is_unknown_by_itself(backed: Backed) -> None:
    backed.world.fail("ListRecoveryPointsByBackupVault", "denied")
    [fact] = backed.reads.arrived(known(stack()), backed.chosen(copies_to=(backed.made,)), known(None)).value.values()
    assert reason(fact) is Reason.DENIED


@pytest.mark.parametrize(
    ("action", "read"),
    [
        ("ListBackupPlans", lambda b: b.reads.selections(b.resources, IDENTITY)),
        ("GetBackupPlan", lambda b: b.reads.selections(b.resources, IDENTITY)),
        ("ListBackupVaults", lambda b: b.reads.vaults(b.resources, b.chosen())),
        ("ListRecoveryPointsByResource", lambda b: b.points()),
        ("DescribeSnapshots", lambda b: b.points()),
        ("ListCopyJobs", lambda b: b.reads.copy_jobs(known(stack()), b.chosen(copies_to=(b.made,)))),
    ],
)
def test_what_is_denied_is_unknown(backed: Backed, action: str, read: Any) -> None:
    backed.plan(Resources=[backed.arn])
    backed.world.fail(action, "denied")
    fact = read(backed)
    assert reason(fact) is Reason.DENIED
    assert fact.call.endswith(action)


def test_a_stack_that_holds_nothing_asks_nobody(world: World) -> None:
    reads, sent = Backups(world.source(entry())), len(world.calls())
    assert reads.selections(known(()), IDENTITY).value == ()
    assert reads.vaults(known(()), known(())).value == {}
    assert reads.recovery_points(known(()), IDENTITY, known(())).value == {}
    assert reads.copy_jobs(known(stack()), known(())).value == ()
    assert len(world.calls()) == sent
