"""IAM: SimulatePrincipalPolicy, which moto doesn't have.

Identity policies (inline, attached, a user's groups), the permissions boundary, and the policies given with the call.
Resource policies and service control policies have no part in it.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.iam import urls
from moto.iam.exceptions import NotFoundException
from moto.iam.responses import IamResponse

from sandbox.services.backends import use_responses
from sandbox.services.policies import Context, Decision, Source, decide


class IamResponses(IamResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, and the simulator."""

    def simulate_principal_policy(self) -> ActionResult:
        principal = self._principal(self._get_param("PolicySourceArn"))
        given = [Source(f"PolicyInputList.{index}", "none", document) for index, document in self._inputs()]
        sources = [*self._sources(principal), *given]
        boundary = self._boundary(principal)
        context = self._context()
        results = [
            _result(action, resource, sources, boundary, context)
            for action in self._get_param("ActionNames", [])
            for resource in self._get_param("ResourceArns", None) or ["*"]
        ]
        return ActionResult({"EvaluationResults": results, "IsTruncated": False})

    def _inputs(self) -> Iterator[tuple[int, Any]]:
        return enumerate(map(json.loads, self._get_param("PolicyInputList", [])), start=1)

    def _context(self) -> Context:
        entries = self._get_param("ContextEntries", [])
        return {entry["ContextKeyName"].lower(): tuple(entry.get("ContextKeyValues", [])) for entry in entries}

    def _principal(self, arn: str) -> Any:
        kind, _, path = arn.rsplit(":", 1)[-1].partition("/")
        name = path.rsplit("/", 1)[-1]
        finders = {"role": self.backend.get_role, "user": self.backend.get_user, "group": self.backend.get_group}
        if kind not in finders:
            raise NotFoundException(f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
        return finders[kind](name)

    def _sources(self, principal: Any) -> list[Source]:
        kind = type(principal).__name__.lower()
        sources = [
            Source(f"{kind}_{principal.name}_{name}", kind, json.loads(text))
            for name, text in principal.policies.items()
        ]
        sources += [
            Source(policy.name, "IAM Policy", _document(policy)) for policy in principal.managed_policies.values()
        ]
        if kind == "user":
            for group in self.backend.get_groups_for_user(principal.name):
                sources += self._sources(group)
        return sources

    def _boundary(self, principal: Any) -> list[Source] | None:
        arn = getattr(principal, "permissions_boundary_arn", None)
        if not arn:
            return None
        policy = self.backend.get_policy(arn)
        return [Source(policy.name, "IAM Policy", _document(policy))]


def _document(policy: Any) -> Any:
    text = next(version.document for version in policy.versions if version.is_default)
    return json.loads(text)


def _result(
    action: str, resource: str, sources: Iterable[Source], boundary: list[Source] | None, context: Context
) -> dict[str, Any]:
    decision = decide(sources, action, resource, context)
    result: dict[str, Any] = {"EvalActionName": action, "EvalResourceName": resource}
    if boundary is not None:
        bounded = decide(boundary, action, resource, context)
        allowed = bounded.word == "allowed"
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": allowed}
        if decision.word == "allowed" and not allowed:
            decision = Decision(bounded.word, bounded.matched, decision.missing | bounded.missing)
    matched = [{"SourcePolicyId": source.name, "SourcePolicyType": source.type} for source in decision.matched]
    return {
        **result,
        "EvalDecision": decision.word,
        "MatchedStatements": matched,
        "MissingContextValues": sorted(decision.missing),
    }


def install() -> None:
    """Use our responses."""
    use_responses(urls, IamResponses)
