"""What a live stack says about its configuration: read by `init`, nothing written to AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from upgrade.aws.cloudformation import owner_of, read_resources, read_stack, read_template
from upgrade.aws.errors import fact
from upgrade.aws.rds import DB_INSTANCE, read_database
from upgrade.aws.session import Connection
from upgrade.aws.sts import read_identity
from upgrade.clock import Clock
from upgrade.config.product import Product, load, recognised
from upgrade.errors import UsageError
from upgrade.facts.known import Reason, Unknown
from upgrade.facts.stack import Identity, Stack, Template
from upgrade.rules.parameters import followed

ROLE = "AWS::IAM::Role"


@dataclass(frozen=True, slots=True)
class Linked:
    """A stack that the stack leans on."""

    stack_name: str
    version: str
    """Its deployed version mark; empty where it carries none."""


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that `init` writes."""

    identity: Identity
    stack: Stack
    product: Product
    version: str
    """Deployed version mark; empty where it carries none."""
    grown: Mapping[str, str]
    """By parameter that no longer says what is: what is."""
    vault: str
    """ARN of the backup vault the stack links to; empty where it links to none."""
    backup: Linked | None
    """The stack that vault belongs to; None if it was not found here."""
    deploy_role: Linked | None
    role_arn: str
    """The deployment role where no stack of it was found; empty where there is none."""


def look(connection: Connection, clock: Clock, stack_name: str) -> Found:
    """Read the stack and what it leans on.

    Raises:
        UsageError: it can't be read.
    """
    cloud, sts = connection.client("cloudformation"), connection.client("sts")
    identity: Identity = _must(fact(clock, "sts:GetCallerIdentity", lambda: read_identity(sts)), stack_name)
    stack: Stack = _must(
        fact(clock, "cloudformation:DescribeStacks", lambda: read_stack(cloud, stack_name)), stack_name
    )
    template: Template = _must(
        fact(clock, "cloudformation:GetTemplate", lambda: read_template(cloud, stack.arn)), stack_name
    )
    product = recognised(template)
    vault = stack.parameters.get(product.backup_link, "") if product.backup_link else ""
    role_stack = _role_stack(clock, cloud, product)
    backup = _owner(clock, cloud, vault.rpartition(":")[2], product.backup_product)  # a vault's physical id is its name
    return Found(
        identity=identity,
        stack=stack,
        product=product,
        version=product.version_of(template) or "",
        grown=_grown(clock, connection, stack, template),
        vault=vault,
        backup=backup,
        deploy_role=role_stack,
        role_arn="" if role_stack else stack.role_arn or "",
    )


def _must(read: Any, stack_name: str) -> Any:
    if not isinstance(read, Unknown):
        return read.value
    if read.reason is Reason.NOT_FOUND:
        raise UsageError(f"there is no stack {stack_name} there: correct --stack-name or --region")
    raise UsageError(f"stack {stack_name} can't be read ({read}): sign in, or use --profile=NAME")


def _grown(clock: Clock, connection: Connection, stack: Stack, template: Template) -> dict[str, str]:
    """Parameters that a live database has grown away from. What can't be read is left for the gate to say."""
    cloud, rds = connection.client("cloudformation"), connection.client("rds")
    resources = fact(clock, "cloudformation:ListStackResources", lambda: read_resources(cloud, stack.arn))
    if isinstance(resources, Unknown):
        return {}
    databases = {}
    for resource in resources.value:
        if resource.type == DB_INSTANCE:
            read = fact(clock, "rds:DescribeDBInstances", partial(read_database, rds, resource.physical_id))
            if not isinstance(read, Unknown):
                databases[resource.logical_id] = read.value
    live = followed(template, stack.parameters, databases)
    return {name: value for name, value in live.items() if stack.parameters.get(name) != value}


def _role_stack(clock: Clock, cloud: Any, product: Product) -> Linked | None:
    """The stack of the product's deployment role, whatever its name."""
    if not product.deploy_role_product:
        return None
    return _owner(clock, cloud, load(product.deploy_role_product).role_name, product.deploy_role_product)


def _owner(clock: Clock, cloud: Any, physical_id: str, product: str) -> Linked | None:
    """The stack here that a resource belongs to; None if there is none.

    Raises:
        UsageError: it may not be looked for; what is not looked for must not be taken for absent.
    """
    if not physical_id:
        return None
    name = fact(clock, "cloudformation:DescribeStackResources", lambda: owner_of(cloud, physical_id))
    if isinstance(name, Unknown):
        if name.reason is Reason.NOT_FOUND:
            return None
        raise UsageError(f"the stack of {physical_id} can't be looked for ({name}): sign in, or use --profile=NAME")
    template = fact(clock, "cloudformation:GetTemplate", lambda: read_template(cloud, name.value))
    if isinstance(template, Unknown):
        return Linked(name.value, "")
    return Linked(name.value, load(product).version_of(template.value) or "")
