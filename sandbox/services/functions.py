"""Lambda: functions in any state (knob `functions`). Nobody calls them.

moto's are always active.
"""

import json

from moto.awslambda import urls
from moto.awslambda.responses import LambdaResponse

from sandbox.services import settings
from sandbox.services.backends import use_responses


class FunctionResponses(LambdaResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, with states."""

    def get_function_configuration(self) -> str:
        found = json.loads(super().get_function_configuration())
        return json.dumps({**found, **settings.knobs().functions.get(found["FunctionName"], {})})


def install() -> None:
    """Use our responses."""
    use_responses(urls, FunctionResponses)
