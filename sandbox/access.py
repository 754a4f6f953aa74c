"""Whether the policies of who calls allow a call, where the knob `enforce` asks for it.

Keys that IAM has not given out are the account's own: they may do everything. What is not signed is for S3 to judge, which
knows what is public. Of resources, objects in S3 and roles that are passed count; everything else is asked for on `*`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.account import ACCOUNT
from sandbox.operations import Operation, form_of
from sandbox.wording import denied, named

PARTITION = "aws"

_FREE = frozenset({"sts:GetCallerIdentity"})
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""

_BEHIND = {
    "cloudformation:DetectStackDrift": (
        "cloudformation:DetectStackResourceDrift",
        "cloudformation:BatchDescribeTypeConfigurations",
    )
}
"""Actions that are asked for behind another.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One action that a call needs."""

    action: str
    resource: str = "*"
    context: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Values of condition keys, the keys in lower case."""


def refusal(environ: dict[str, Any], operation: Operation) -> tuple[int, str, str] | None:
    """Status, code and message of the denial; None if the call is allowed."""
    from moto.iam.models import iam_backends  # late: sandbox.clients sets what moto reads when it is imported

    from sandbox.services.principals import judge

    backend = iam_backends[ACCOUNT][PARTITION]
    caller = _caller(backend, operation.key)
    if caller is None:
        return None
    who, principal = caller
    for asked in _asked(environ, operation):
        judged = judge(backend, principal, asked.action, asked.resource, asked.context)
        if judged.decision.word != "allowed":
            return denied(operation, who, asked.action, asked.resource)
    return None


def _caller(backend: Any, key: str) -> tuple[str, Any] | None:
    """ARN and principal of a key; None for the account's own."""
    from moto.sts.models import sts_backends

    if session := sts_backends[ACCOUNT][PARTITION].get_assumed_role_from_access_key(key):
        return session.arn, backend.get_role(session.role_arn.rpartition("/")[2])
    user = backend.get_user_from_access_key_id(key)
    return (user.arn, user) if user else None


def _asked(environ: dict[str, Any], operation: Operation) -> Iterator[Asked]:
    action = named(operation)
    if action in _FREE:
        return
    if operation.service == "s3":
        path = environ["PATH_INFO"].strip("/")
        version = "versionId" in form_of(environ) and action == "s3:GetObject"
        yield Asked("s3:GetObjectVersion" if version else action, f"arn:{PARTITION}:s3:::{path}" if path else "*")
        return
    form = form_of(environ) if operation.service == "cloudformation" else {}
    context = {"cloudformation:changesetname": tuple(form["ChangeSetName"])} if "ChangeSetName" in form else {}
    yield Asked(action, context=context)
    yield from map(Asked, _BEHIND.get(action, ()))
    for role in form.get("RoleARN", ()):
        yield Asked("iam:PassRole", role, {"iam:passedtoservice": ("cloudformation.amazonaws.com",)})
