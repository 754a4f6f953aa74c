"""The policies of users, groups and roles, and what they say together about a call.

Identity policies (inline, attached, a user's groups), the permissions boundary, and what the organization denies.
Resource policies have no part in it.
"""

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from sandbox.services import settings
from sandbox.services.policies import Context, Decision, Source, decide


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of one call."""

    decision: Decision
    within_boundary: bool | None
    """None where there is no boundary."""
    by_organization: bool
    """Whether the organization lets it pass."""


def judge(
    backend: Any, principal: Any, action: str, resource: str, context: Context, *, given: tuple[Source, ...] = ()
) -> Judgement:
    """Judge a call of a principal.

    Args:
        backend: moto's, of IAM.
        principal: its user, group or role.
        action: IAM's name of it.
        resource: an ARN, or `*`.
        context: the condition keys that are known.
        given: policies beside those of the principal.
    """
    decision = decide([*_sources(backend, principal), *given], action, resource, context)
    boundary, within = _boundary(backend, principal), None
    if boundary is not None:
        bounded = decide([boundary], action, resource, context)
        within = bounded.word == "allowed"
        if decision.word == "allowed" and not within:
            decision = Decision(bounded.word, bounded.matched, decision.missing | bounded.missing)
    passes = not any(fnmatchcase(action.lower(), each.lower()) for each in settings.knobs().organization_denies)
    if not passes:
        decision = Decision("explicitDeny", (), decision.missing)
    return Judgement(decision, within, passes)


def _sources(backend: Any, principal: Any) -> list[Source]:
    kind = type(principal).__name__.lower()
    sources = [
        Source(f"{kind}_{principal.name}_{name}", kind, json.loads(text)) for name, text in principal.policies.items()
    ]
    sources += [_managed(policy) for policy in principal.managed_policies.values()]
    if kind == "user":
        for group in backend.get_groups_for_user(principal.name):
            sources += _sources(backend, group)
    return sources


def _boundary(backend: Any, principal: Any) -> Source | None:
    arn = getattr(principal, "permissions_boundary_arn", None)
    return _managed(backend.get_policy(arn)) if arn else None


def _managed(policy: Any) -> Source:
    text = next(version.document for version in policy.versions if version.is_default)
    return Source(policy.name, "IAM Policy", json.loads(text))
