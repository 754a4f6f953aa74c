"""CloudFormation's API in the place of moto's: parses and answers with botocore's service model, through moto.core.

The one touch on moto's internals is its url_paths; the names used here are no promised API, so moto is pinned exactly.
"""

from typing import Any

from moto.cloudformation import urls
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores, get_service_model

from sandbox.api import validation
from sandbox.api.changesets import ChangeSets
from sandbox.api.drifts import Drifts
from sandbox.api.stacks import Operations, Stacks
from sandbox.api.templates import Templates
from sandbox.engine.errors import CloudFormationError
from sandbox.engine.world import World


class ApiError(ServiceException):  # type: ignore[misc]  # moto ships no types
    """moto finds the service of an error by its class's module, so it must not be ServiceException itself."""


class CloudFormation(Operations, Stacks, ChangeSets, Drifts, Templates):
    """Every action the sandbox knows is a method of one of the bases."""

    @classmethod
    def install(cls, world: World) -> None:
        """Answer CloudFormation's calls from this world."""
        cls._world = world
        urls.url_paths["{0}/$"] = cls.dispatch

    def parse_parameters(self, request: Any) -> None:
        self.params: dict[str, Any] = {}
        if self._is_known():
            super().parse_parameters(request)

    def call_action(self) -> Any:
        action = self._get_action()
        if not self._is_known():
            raise NotImplementedError(action)  # sandbox.errors names the call in an answer of AWS's shape
        try:
            model = get_service_model(self.boto3_service_name)
            validation.check(model.operation_model(action).input_shape, self._asked)
            return super().call_action()
        except CloudFormationError as error:
            return self._error(error.code, error.message)

    def _is_known(self) -> bool:
        action = self._get_action() or ""
        model = get_service_model(self.boto3_service_name)
        return action in model.operation_names and hasattr(self, camelcase_to_underscores(action))

    def _error(self, code: str, message: str) -> Any:
        status, headers, body = self.serialized(ActionResult(ApiError(code, message)))
        headers["status"] = str(status)
        headers, body = self._enrich_response(headers, body)
        return status, headers, body
