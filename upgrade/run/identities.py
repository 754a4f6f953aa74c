"""As whom a run asks AWS: one identity reads, one executes; linked stacks are read with those of their own entries."""

from dataclasses import dataclass
from functools import partial

from upgrade.aws import archive, session, signing
from upgrade.aws.archive import Archive
from upgrade.aws.doors import Door, Grant
from upgrade.aws.errors import fact
from upgrade.aws.session import Access, Aws, Connection
from upgrade.aws.signing import KmsKey
from upgrade.aws.sts import read_identity
from upgrade.clock import Clock
from upgrade.config.entry import StackEntry
from upgrade.facts.known import Fact, Known
from upgrade.facts.stack import Identity

JUDGING = 60.0
"""Minutes from the first call to the execution, at most: a drift detection and a change set may take half an hour each."""


@dataclass(frozen=True, slots=True)
class Identities:
    """The connections of a run, each made once."""

    aws: Aws
    entry: StackEntry
    clock: Clock

    @property
    def executing(self) -> Connection:
        """With which change sets are made and executed.

        Raises:
            UsageError: no credentials.
        """
        entry = self.entry
        role = entry.execute_role_arn or entry.assume_role_arn
        return self.aws.connect(_access(entry, role, None if entry.execute_role_arn else entry.external_id))

    def reading(self, entry: StackEntry | None = None) -> Connection:
        """With which this stack is read, or that of another entry.

        Raises:
            UsageError: no credentials.
        """
        entry = entry or self.entry
        return self.aws.connect(_access(entry, entry.assume_role_arn, entry.external_id))

    def archive(self) -> Archive | None:
        """Where evidence is kept beside the evidence folder; None if only there.

        Raises:
            UsageError: no credentials.
        """
        place, profile = self.entry.evidence.archive, self.entry.evidence.archive_profile
        retention = self.entry.evidence.retention
        if place is None:
            return None
        connection = self.aws.connect(Access(self.entry.region, profile)) if profile else self.reading()
        return Archive(
            partial(connection.client, "s3", attempts=archive.ATTEMPTS, grant=Grant(Door.STORE, place)),
            place,
            retention,
        )

    def signer(self) -> KmsKey | None:
        """The key in AWS KMS that seals the evidence; None if none is configured. Who archives signs as well.

        Raises:
            UsageError: no credentials.
        """
        key, profile = self.entry.evidence.kms_key_id, self.entry.evidence.archive_profile
        if key is None:
            return None
        region = key.split(":")[3] if key.startswith("arn:") else self.entry.region
        entry = self.entry.model_copy(update={"region": region})
        access = Access(region, profile) if profile else _access(entry, entry.assume_role_arn, entry.external_id)
        connection = self.aws.connect(access)
        return KmsKey(partial(connection.client, "kms", attempts=signing.ATTEMPTS, grant=Grant(Door.STORE, key)), key)

    def who(self, attempts: int = session.ATTEMPTS) -> Fact[Identity]:
        """Who reads."""
        client = self.reading().client("sts", attempts=attempts)
        return fact(self.clock, "sts:GetCallerIdentity", lambda: read_identity(client))

    @property
    def are_where_they_should_be(self) -> bool:
        """Whether who reads is known to be in the entry's account and region."""
        who = self.who()
        where = (who.value.account, who.value.region) if isinstance(who, Known) else None
        return where == (self.entry.account_id, self.entry.region)

    def renew(self) -> None:
        """Look for the credentials anew, where they have expired."""
        for connection in {self.executing, self.reading()}:
            connection.renew(self.entry.account_id)


def _access(entry: StackEntry, role: str | None, external: str | None) -> Access:
    if role is None:  # one connection for all entries of the same credentials
        return Access(entry.region, entry.profile)
    return Access(entry.region, entry.profile, role, external, minutes=entry.minutes + JUDGING)
