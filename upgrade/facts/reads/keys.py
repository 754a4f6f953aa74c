"""Reads the keys that encrypt what a deployment keeps, and the secrets its target resolves."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from upgrade.aws.ec2 import read_default_key
from upgrade.aws.kms import read_key
from upgrade.aws.s3 import BUCKET, read_bucket_key
from upgrade.aws.secretsmanager import read_secret
from upgrade.facts.backups import Vaults
from upgrade.facts.data import Volumes
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.keys import Keys, Secrets
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.services import Databases
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Identity, Stack, Template
from upgrade.rules.parameters import plan_parameters
from upgrade.rules.secrets import resolved_secrets


class KeyReads:
    """One fact family a method."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family()
    def bucket_keys(self, resources: Resources) -> Fact[Mapping[str, str]]:
        """The key of each bucket of the stack, by logical id; empty where S3's own is used."""
        read = partial(read_bucket_key, self.source.client("s3"))
        return self.source.each(resources, BUCKET, "s3:GetEncryptionConfiguration", read)

    @family()
    def volume_key(self) -> Fact[str]:
        """The account's default key for volumes."""
        client = self.source.client("ec2")
        return self.source.read("ec2:GetEbsDefaultKmsKeyId", lambda: read_default_key(client))

    @family()
    def keys(
        self,
        volumes: Fact[Volumes],
        databases: Fact[Databases],
        vaults: Fact[Vaults],
        bucket_keys: Fact[Mapping[str, str]],
        volume_key: Fact[str],
    ) -> Fact[Keys]:
        """The keys of volumes, databases, vaults and buckets, and that of volumes for which none is named."""
        users = defaultdict[str, list[str]](list)
        for name, key in (
            *((name, volume.kms_key) for name, volume in volumes.value.items()),
            *((name, database.kms_key) for name, database in databases.value.items()),
            *((f"backup vault {name}", vault.kms_key) for name, vault in vaults.value.items()),
            *bucket_keys.value.items(),
            ("new volumes that name no key", volume_key.value),
        ):
            if key:
                users[key].append(name)
        client = self.source.client("kms")
        reads = (partial(read_key, client, key, tuple(names)) for key, names in users.items())
        found = gather(partial(self.source.read, "kms:DescribeKey", read) for read in reads)
        return Known(dict(zip(users, found, strict=True)), self.source.clock.now())

    @family()
    def secrets(
        self, target: Fact[Template], stack: Fact[Stack], resources: Resources, identity: Fact[Identity]
    ) -> Fact[Secrets]:
        """The secrets that the target has CloudFormation resolve."""
        parameters = plan_parameters(self.source.entry, stack.value, target.value, {}).values
        known = {
            "AWS::AccountId": identity.value.account,
            "AWS::Partition": identity.value.arn.split(":")[1],
            "AWS::Region": identity.value.region,
            "AWS::StackId": stack.value.arn,
            "AWS::StackName": stack.value.name,
            **{each.logical_id: each.physical_id for each in resources.value},
        }
        users, unnamed = resolved_secrets(target.value, parameters, known)
        client = self.source.client("secretsmanager")
        reads = (partial(read_secret, client, secret, names) for secret, names in users.items())
        found = gather(partial(self.source.read, "secretsmanager:DescribeSecret", read) for read in reads)
        now = self.source.clock.now()
        why = Unknown(Reason.NOT_ASKED, "only AWS knows its name", "", now)
        unknown = {f"a secret of {name}": why for name in unnamed}
        return Known({**dict(zip(users, found, strict=True)), **unknown}, now)
