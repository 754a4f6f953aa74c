"""Reads what AWS Backup keeps of the stack's resources."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from itertools import chain

from upgrade.aws import ec2, rds
from upgrade.aws.backup import read_arrived, read_copies, read_recovery_points, read_selections, read_vaults
from upgrade.config.entry import StackEntry
from upgrade.facts.backups import CopyJob, RecoveryPoint, RecoveryPoints, Selection, Vaults
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.services import LinkedStack
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Identity, Resource, Stack
from upgrade.rules.backups import arns, destinations, max_age, selected, takes_in

VAULT = "AWS::Backup::BackupVault"

BY_HAND = {ec2.VOLUME: ("ec2", ec2.read_snapshots), rds.DB_INSTANCE: ("rds", rds.read_snapshots)}
"""Types of which people make snapshots, the service that has them, and what reads them."""


class Backups:
    """One fact family a method."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family(after=True)
    def selections(self, resources: Resources, identity: Fact[Identity]) -> Fact[tuple[Selection, ...]]:
        """The account's selections that take in a resource of the stack, or may do so by its tags."""
        mine, client = arns(resources.value, identity.value).values(), self.source.client("backup")

        def read() -> tuple[Selection, ...]:
            found = read_selections(client) if mine else ()
            return tuple(each for each in found if each.by_tags or any(takes_in(each, arn) for arn in mine))

        return self.source.read("backup:ListBackupPlans", read)

    @family(after=True)
    def vaults(self, resources: Resources, selections: Fact[tuple[Selection, ...]]) -> Fact[Vaults]:
        """The vaults of the stack, and those its resources are backed up into, as far as they exist."""
        own = {each.physical_id for each in resources.value if each.type == VAULT}
        wanted = own.union(*(each.vaults for each in selections.value))
        client = self.source.client("backup")

        def read() -> Vaults:
            found = read_vaults(client) if wanted else {}
            return {name: vault for name, vault in found.items() if name in wanted}

        return self.source.read("backup:ListBackupVaults", read)

    @family()
    def recovery_points(
        self, resources: Resources, identity: Fact[Identity], selections: Fact[tuple[Selection, ...]]
    ) -> Fact[RecoveryPoints]:
        """The newest of each resource that is backed up; where tags decide, of all that AWS Backup can take."""
        mine, types = arns(resources.value, identity.value), {each.logical_id: each for each in resources.value}
        by_tags = any(each.by_tags for each in selections.value)
        wanted = {name: mine[name] for name in (mine if by_tags else selected(mine, selections.value))}
        reads = [partial(self._newest, types[name], arn) for name, arn in wanted.items()]
        return self.source.read(
            "backup:ListRecoveryPointsByResource", lambda: dict(zip(wanted, gather(reads), strict=True))
        )

    def _newest(self, resource: Resource, arn: str) -> RecoveryPoint | None:
        points = read_recovery_points(self.source.client("backup"), arn)
        if resource.type in BY_HAND:
            service, read = BY_HAND[resource.type]
            made = read(self.source.client(service), resource.physical_id)
            points += [RecoveryPoint(arn, moment) for moment in made]
        return max(points, key=lambda point: (point.continuous, point.created), default=None)

    @family()
    def copy_jobs(self, stack: Fact[Stack], selections: Fact[tuple[Selection, ...]]) -> Fact[tuple[CopyJob, ...]]:
        """The copies to every vault that backups are copied to; the newest first."""
        wanted, client = destinations(stack.value, self.source.product, selections.value), self.source.client("backup")
        reads = [partial(read_copies, client, vault, self._since()) for vault in wanted]
        return self.source.read("backup:ListCopyJobs", lambda: tuple(chain.from_iterable(gather(reads))))

    @family()
    def arrived(
        self, stack: Fact[Stack], selections: Fact[tuple[Selection, ...]], backup: Fact[LinkedStack | None]
    ) -> Fact[Mapping[str, Fact[tuple[RecoveryPoint, ...]]]]:
        """What lies in each vault that backups are copied to, as far as some entry's credentials are of its account."""
        entries = [self.source.entry]
        if isinstance(backup, Known) and backup.value is not None:
            entries.append(self.source.entries(backup.value.entry))
        wanted = destinations(stack.value, self.source.product, selections.value)
        return Known({arn: self._arrived(arn, entries) for arn in wanted}, self.source.clock.now())

    def _arrived(self, vault: str, entries: Iterable[StackEntry]) -> Fact[tuple[RecoveryPoint, ...]]:
        *_, region, account, _, name = vault.split(":")
        found = next((each for each in entries if (each.region, each.account_id) == (region, account)), None)
        if found is None:
            why = f"no entry that can be read is of account {account} in {region}"
            return Unknown(Reason.NOT_ASKED, why, "", self.source.clock.now())
        read = partial(read_arrived, self.source.connections(found).client("backup"), name, self._since())
        return self.source.read("backup:ListRecoveryPointsByBackupVault", read)

    def _since(self) -> datetime:
        """Twice as long ago as a recovery point may be old: what was begun before is no news."""
        return self.source.clock.now() - 2 * max_age(self.source.entry, self.source.product)
