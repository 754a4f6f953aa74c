"""IAM: SimulatePrincipalPolicy, which moto doesn't have.

By the policies of the principal (sandbox.services.principals) and those given with the call.
"""

import json
from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.iam import urls
from moto.iam.exceptions import InvalidInput, NotFoundException
from moto.iam.responses import IamResponse

from sandbox.services import settings
from sandbox.services.backends import use_responses
from sandbox.services.paging import cut
from sandbox.services.policies import Context, Source
from sandbox.services.principals import Judgement, judge

_APART = frozenset({"iam:PassRole", "sts:AssumeRole"})
"""Of the actions that can't be simulated beside others, those that everybody meets; AWS lists them nowhere."""


class IamResponses(IamResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, and the simulator."""

    def simulate_principal_policy(self) -> ActionResult:
        principal = self._principal(self._get_param("PolicySourceArn"))
        given = tuple(Source(f"PolicyInputList.{index}", "none", document) for index, document in self._inputs())
        context = self._context()
        actions = self._get_param("ActionNames", [])
        apart = sorted(_APART.intersection(actions))
        if apart and len(actions) > 1:
            others = [action for action in actions if action not in apart[:1]]
            raise InvalidInput(
                f"Invalid Input Actions: [{apart[0]}] and [{','.join(others)}] require different authorization information."
            )
        results = [
            _result(action, resource, judge(self.backend, principal, action, resource, context, given=given))
            for action in actions
            for resource in self._get_param("ResourceArns", None) or ["*"]
        ]
        most = min(int(self._get_param("MaxItems", 100)), settings.knobs().page)
        shown, more = cut(enumerate(results), self._get_param("Marker"), most)
        answer = {"EvaluationResults": shown, "IsTruncated": more is not None}
        return ActionResult(answer | ({"Marker": more} if more else {}))

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
