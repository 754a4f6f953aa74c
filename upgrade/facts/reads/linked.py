"""Facts about what an upgrade depends on: the backup stack and the deploy role, each with its own account."""

from dataclasses import replace

from upgrade.aws import cloudformation, iam, s3
from upgrade.aws.errors import fact
from upgrade.aws.session import Connection
from upgrade.aws.sts import read_identity
from upgrade.config.entry import StackEntry
from upgrade.config.product import load as load_product
from upgrade.config.target import S3Object, locate
from upgrade.config.values import Reference, Role
from upgrade.errors import ServiceFailed
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.services import DeployRole, LinkedStack
from upgrade.facts.source import Source
from upgrade.facts.stack import Identity, Resource, Template

ROLE = "AWS::IAM::Role"


class Linked:
    """Reads what a stack entry refers to."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source
        self._connections, self._clock, self._entries = source.connections, source.clock, source.entries
        self._entry, self._product = source.entry, source.product

    @family()
    def backup(self, identity: Fact[Identity]) -> Fact[LinkedStack | None]:
        """The backup stack; None if no entry names one."""
        if not isinstance(self._entry.backup, Reference):
            return Known(None, self._clock.now())
        other = self._entries(self._entry.backup.entry)
        linked = self._foreign(other, identity) or self._stack(other)
        wanted = self._entry.backup_policy.min_version
        if isinstance(linked, Known) and wanted and self._unmarked(linked.value, other):
            published = self._published(other.product, wanted, self._connections(other))
            return Known(replace(linked.value, published=published), linked.at)
        return linked

    @family()
    def role(self, identity: Fact[Identity]) -> Fact[DeployRole | None]:
        """The deploy role and its stack; None if none is configured."""
        setting = self._entry.deploy_role
        if setting is None:
            return Known(None, self._clock.now())
        return self._of_arn(setting) if isinstance(setting, Role) else self._of_entry(setting, identity)

    @family()
    def deploy_role(self, role: Fact[DeployRole | None], target: Fact[Template]) -> Fact[DeployRole | None]:
        """The deploy role, with the published template it is measured by where its own stack carries no version mark."""
        if isinstance(role, Unknown) or role.value is None:
            return role
        linked = role.value.linked
        if linked is not None and not self._unmarked(linked, self._entries(linked.entry)):
            return role
        version = self._product.version_of(target.value) if isinstance(target, Known) else None
        if version is None or not self._product.deploy_role_product:
            return role
        published = self._published(self._product.deploy_role_product, version, self._connections(self._entry))
        return Known(replace(role.value, published=published), role.at)

    def _of_arn(self, setting: Role) -> Fact[DeployRole]:
        read = self._role_named(self._connections(self._entry), setting.arn.rsplit("/", 1)[-1])
        if isinstance(read, Known) and read.value.arn != setting.arn:
            why = f"the role of that name here is {read.value.arn}, not {setting.arn}"
            return Unknown(Reason.NOT_FOUND, why, "iam:GetRole", read.at)
        return read

    def _of_entry(self, setting: Reference, identity: Fact[Identity]) -> Fact[DeployRole]:
        other = self._entries(setting.entry)
        foreign = self._foreign(other, identity)
        if foreign is not None:
            return foreign
        linked, role = gather((lambda: self._stack(other), lambda: self._role(other)))
        for unknown in (linked, role):
            if isinstance(unknown, Unknown):
                return unknown
        return Known(replace(role.value, linked=linked.value), linked.at)

    def _role(self, other: StackEntry) -> Fact[DeployRole]:
        """The role that a role stack has made, without that stack."""
        connection = self._connections(other)
        cloud = connection.client("cloudformation")
        name = fact(
            self._clock,
            "cloudformation:ListStackResources",
            lambda: _role_name(
                other.stack_name,
                cloudformation.read_resources(cloud, other.stack_name),
                load_product(other.product).role_name,
            ),
        )
        return name if isinstance(name, Unknown) else self._role_named(connection, name.value)

    def _role_named(self, connection: Connection, name: str) -> Fact[DeployRole]:
        client = connection.client("iam")
        read = fact(
            self._clock,
            "iam:GetRole",
            lambda: gather((lambda: iam.read_role_arn(client, name), lambda: iam.read_statements(client, name))),
        )
        if isinstance(read, Unknown):
            return read
        arn, statements = read.value
        return Known(DeployRole(arn, name, statements, None), read.at)

    def _stack(self, other: StackEntry) -> Fact[LinkedStack]:
        client, name = self._connections(other).client("cloudformation"), other.stack_name
        read = fact(
            self._clock,
            "cloudformation:DescribeStacks",
            lambda: gather(
                (
                    lambda: cloudformation.read_stack(client, name),
                    lambda: cloudformation.read_template(client, name),
                )
            ),
        )
        return read if isinstance(read, Unknown) else Known(LinkedStack(other.name, *read.value), read.at)

    def _foreign(self, other: StackEntry, identity: Fact[Identity]) -> Unknown | None:
        """Why nothing may be read with the credentials of an entry: they are not of its account, as far as we know."""
        connection = self._connections(other)
        if connection is not self._connections(self._entry):
            client = connection.client("sts")
            identity = fact(self._clock, "sts:GetCallerIdentity", lambda: read_identity(client))
        if isinstance(identity, Unknown):
            return identity
        found = identity.value.account
        if found == other.account_id:
            return None
        why = f"entry {other.name} is for account {other.account_id}, its credentials are of {found}"
        return Unknown(Reason.BLOCKED, why, "", self._clock.now())

    def _unmarked(self, linked: LinkedStack, other: StackEntry) -> bool:
        return load_product(other.product).version_of(linked.template) is None

    def _published(self, product: str, version: str, connection: Connection) -> Fact[Template] | None:
        address = load_product(product).address(version)
        location = locate(address) if address else None
        if address is None or not isinstance(location, S3Object):
            return None
        return fact(
            self._clock,
            "s3:GetObject",
            lambda: s3.read_template(lambda signed: connection.client("s3", signed=signed), location, address),
        )


def _role_name(stack: str, resources: tuple[Resource, ...], expected: str) -> str:
    roles = [resource.physical_id for resource in resources if resource.type == ROLE]
    if expected in roles or len(roles) == 1:
        return expected if expected in roles else roles[0]
    raise ServiceFailed(f"stack {stack} should hold one role, {expected}; it holds {', '.join(roles) or 'none'}")
