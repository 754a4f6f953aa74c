"""A role as IAM sees it: every policy in force on it, inline and attached."""

from typing import Any

from upgrade.facts.gather import gather
from upgrade.facts.services import Statement
from upgrade.rules.policies import statements


def read_statements(client: Any, role: str) -> tuple[Statement, ...]:
    """All statements of a role's inline and attached policies."""
    inline, attached = gather((lambda: _inline_names(client, role), lambda: _attached_arns(client, role)))
    reads = [
        *(lambda name=name: _inline(client, role, name) for name in inline),
        *(lambda arn=arn: _managed(client, arn) for arn in attached),
    ]
    return tuple(statement for document in gather(reads) for statement in statements(document))


def read_role_arn(client: Any, role: str) -> str:
    """GetRole."""
    return str(client.get_role(RoleName=role)["Role"]["Arn"])


def _inline_names(client: Any, role: str) -> list[str]:
    pages = client.get_paginator("list_role_policies").paginate(RoleName=role)
    return [name for page in pages for name in page["PolicyNames"]]


def _attached_arns(client: Any, role: str) -> list[str]:
    pages = client.get_paginator("list_attached_role_policies").paginate(RoleName=role)
    return [row["PolicyArn"] for page in pages for row in page["AttachedPolicies"]]


def _inline(client: Any, role: str, name: str) -> Any:
    return client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]


def _managed(client: Any, arn: str) -> Any:
    version = client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return client.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
