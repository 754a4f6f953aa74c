"""S3: bucket policies decide as on AWS, and a refusal says so.

moto takes a Deny whose condition does not hold for a Deny (so every "TLS only" policy locks its bucket), and answers a
denied request with an empty 403.
"""

import json
from functools import partial
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import LockNotEnabled, S3ClientError
from moto.s3.models import S3Backend, s3_backends
from moto.s3.responses import S3Response

from sandbox.services.backends import use_backend, use_responses
from sandbox.services.policies import Source, decide, statements

CONTEXT = {"aws:securetransport": ("true",)}
"""The sandbox plays TLS: AWS is never called without."""

ACTIONS = {"s3:HeadObject": "s3:GetObject"}
"""HeadObject asks for the permission to get: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html"""

FORBIDDEN = 403


class S3(S3Backend):  # type: ignore[misc]  # moto ships no types
    """moto's, with buckets that read their policy as AWS does."""

    @property
    def _url_module(self) -> Any:
        """Moto loads the module anew whenever it wants the routes, and with it its own responses."""
        module = super()._url_module
        use_responses(module, S3Responses)
        return module

    def create_bucket(self, *arguments: Any, **named: Any) -> Any:
        bucket = super().create_bucket(*arguments, **named)
        bucket.get_permission = partial(_permission, bucket)
        return bucket


def _permission(bucket: Any, action: str, resource: str) -> Any:
    """What the policy says to everyone; statements for named principals are nobody's here."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(bucket.policy)
    action = ACTIONS.get(action, action)
    everyone = [statement for statement in statements(document) if _is_for_everyone(statement)]
    decision = decide([Source(bucket.name, "resource", {"Statement": everyone})], action, resource, CONTEXT)
    words = {"allowed": PermissionResult.PERMITTED, "explicitDeny": PermissionResult.DENIED}
    return words.get(decision.word, PermissionResult.NEUTRAL)


def _is_for_everyone(statement: Any) -> bool:
    principal = statement.get("Principal")
    return principal == "*" or (isinstance(principal, dict) and principal.get("AWS") in ("*", ["*"]))


class S3Responses(S3Response):  # type: ignore[misc]  # moto ships no types
    """moto's, with words for a refusal."""

    def _key_response(self, request: Any, full_url: str) -> Any:
        try:
            answer = super()._key_response(request, full_url)
        except LockNotEnabled:
            raise NoObjectLock from None
        if isinstance(answer, tuple) and answer[0] == FORBIDDEN and not answer[2]:
            return self.serialized(ActionResult(AccessDenied()))
        return answer


class NoObjectLock(S3ClientError):  # type: ignore[misc]  # noqa: N818  # moto ships no types
    """The answer to who wants an object retained in a bucket that can't do it, in AWS's words."""

    def __init__(self) -> None:
        super().__init__("InvalidRequest", "Bucket is missing Object Lock Configuration")


class AccessDenied(S3ClientError):  # type: ignore[misc]  # noqa: N818  # moto ships no types; AWS names it so
    """The answer to a denied request."""

    def __init__(self) -> None:
        super().__init__("AccessDenied", "Access Denied")


def install() -> None:
    """Use our backend, which brings our responses."""
    use_backend(s3_backends, S3)
