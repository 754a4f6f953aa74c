"""A role as IAM sees it: every policy in force on it, inline and attached."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.errors import code_of
from upgrade.facts.gather import gather
from upgrade.facts.permissions import Simulated
from upgrade.facts.services import Role, Statement
from upgrade.rules.policies import statements

EVERYBODY = "*"
"""As a principal; in a statement that allows, it means no service."""


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


def read_role(client: Any, arn: str) -> Role:
    """GetRole of a role by its ARN; one that does not exist is an answer, too.

    Roles are asked for by name: what answers may be another one, in another account or on another path.
    """
    name = arn.rsplit("/", 1)[-1]
    try:
        row = client.get_role(RoleName=name)["Role"]
    except ClientError as error:
        if code_of(error) != "NoSuchEntity":
            raise
        row = None
    if row is None or row["Arn"] != arn:
        return Role(arn, name, exists=False, trusts=())
    return Role(arn, name, exists=True, trusts=tuple(sorted(_trusted(row["AssumeRolePolicyDocument"]))))


def simulate(
    client: Any, principal: str, actions: Sequence[str], resource: str = "*", service: str = ""
) -> dict[str, Simulated]:
    """SimulatePrincipalPolicy: few calls, since it takes many actions at once.

    Some it does not take together ("require different authorization information"), and some it does not know: it says
    neither which nor why by any code of its own, so that it is asked again for each half. What it does not know is left out.

    Args:
        client: of IAM.
        principal: ARN of a role or user.
        actions: what to ask for.
        resource: on which.
        service: for iam:PassRole, to whom.
    """
    context = [{"ContextKeyName": "iam:PassedToService", "ContextKeyType": "string", "ContextKeyValues": [service]}]
    try:
        pages = client.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=principal,
            ActionNames=list(actions),
            ResourceArns=[resource],
            ContextEntries=context if service else [],
        )
        return {row["EvalActionName"]: _simulated(row) for page in pages for row in page["EvaluationResults"]}
    except ClientError as error:
        if code_of(error) != "InvalidInput":
            raise
    if len(actions) == 1:
        return {}
    half = len(actions) // 2
    parts = (actions[:half], actions[half:])
    return {name: said for part in parts for name, said in simulate(client, principal, part, resource, service).items()}


def _simulated(row: Mapping[str, Any]) -> Simulated:
    organization = row.get("OrganizationsDecisionDetail", {})
    return Simulated(
        decision=row["EvalDecision"],
        missing=tuple(row.get("MissingContextValues", [])),
        by_organization=organization.get("AllowedByOrganizations", True),
    )


def _trusted(document: Any) -> set[str]:
    """The services that a trust policy lets assume a role: conditions aside where it allows, not where it denies."""
    rows = document.get("Statement", [])
    rows = [row for row in (rows if isinstance(rows, list) else [rows]) if _is_about_assuming(row)]
    allowed = {service for row in rows if row["Effect"] == "Allow" for service in _services(row)}
    denials = [row for row in rows if row["Effect"] == "Deny" and not row.get("Condition")]
    if any(row.get("Principal") == EVERYBODY for row in denials):
        return set()
    return allowed - {service for row in denials for service in _services(row)}


def _is_about_assuming(row: Any) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html"""
    actions = row.get("Action", [])
    patterns = [actions] if isinstance(actions, str) else actions
    return any(fnmatchcase("sts:assumerole", pattern.lower()) for pattern in patterns)


def _services(row: Any) -> list[str]:
    principal = row.get("Principal", {})
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    return [services] if isinstance(services, str) else services


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
