"""Starting a sandbox from a command line: what hinders it is one sentence that says what to type."""

from typing import TYPE_CHECKING

from sandbox.scenarios import UnknownScenario, find

if TYPE_CHECKING:
    from sandbox.server import Sandbox

OVERRIDING = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)
"""Variables that would lead an AWS client elsewhere, or past the sandbox's credentials: they must not be set."""


class CannotStart(Exception):  # noqa: N818  # told to the user as it is
    """There will be no sandbox; the sentence says why and what to do."""


def launch(scenario: str, port: int = 0) -> "Sandbox":
    """Start a sandbox. Raises CannotStart."""
    try:
        find(scenario)
        from sandbox.server import Sandbox  # late: this takes a second, and moto may not be installed

        return Sandbox.start(scenario, port)
    except (UnknownScenario, OSError) as error:
        raise CannotStart(str(error)) from error
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("sandbox"):
            raise
        raise CannotStart(
            f"the sandbox needs {error.name}, which is not installed; type: pip install -e '.[sandbox]'"
        ) from error
