"""IAM: SimulatePrincipalPolicy, which moto doesn't have.

By the policies of the principal (sandbox.services.principals) and those given with the call.
"""

import json
from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.iam import urls
from moto.iam.exceptions import NotFoundException
from moto.iam.responses import IamResponse

from sandbox.services.backends import use_responses
from sandbox.services.policies import Context, Source
from sandbox.services.principals import Judgement, judge


class IamResponses(IamResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, and the simulator."""

    def simulate_principal_policy(self) -> ActionResult:
        principal = self._principal(self._get_param("PolicySourceArn"))
        given = tuple(Source(f"PolicyInputList.{index}", "none", document) for index, document in self._inputs())
        context = self._context()
        results = [
            _result(action, resource, judge(self.backend, principal, action, resource, context, given=given))
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


def _result(action: str, resource: str, judged: Judgement) -> dict[str, Any]:
    decision = judged.decision
    result: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": resource,
        "EvalDecision": decision.word,
        "MatchedStatements": [
            {"SourcePolicyId": source.name, "SourcePolicyType": source.type} for source in decision.matched
        ],
        "MissingContextValues": sorted(decision.missing),
        "OrganizationsDecisionDetail": {"AllowedByOrganizations": judged.by_organization},
    }
    if judged.within_boundary is not None:
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": judged.within_boundary}
    return result


def install() -> None:
    """Use our responses."""
    use_responses(urls, IamResponses)
