"""Reads what AWS Backup keeps of the stack's resources."""

from upgrade.aws import backup
from upgrade.facts.backups import Selection, Vaults
from upgrade.facts.family import family
from upgrade.facts.known import Fact
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Identity
from upgrade.rules.backups import arns, takes_in

VAULT = "AWS::Backup::BackupVault"


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
            found = backup.read_selections(client) if mine else ()
            return tuple(each for each in found if each.by_tags or any(takes_in(each, arn) for arn in mine))

        return self.source.read("backup:ListBackupPlans", read)

    @family(after=True)
    def vaults(self, resources: Resources, selections: Fact[tuple[Selection, ...]]) -> Fact[Vaults]:
        """The vaults of the stack, and those its resources are backed up into, as far as they exist."""
        own = {each.physical_id for each in resources.value if each.type == VAULT}
        wanted = own.union(*(each.vaults for each in selections.value))
        client = self.source.client("backup")

        def read() -> Vaults:
            found = backup.read_vaults(client) if wanted else {}
            return {name: vault for name, vault in found.items() if name in wanted}

        return self.source.read("backup:ListBackupVaults", read)
