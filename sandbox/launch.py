"""A sandbox for as long as a command line needs it; what hinders it is one sentence that says what to type."""

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandbox.garbage import uncollected
from sandbox.scenarios import UnknownScenario, find

if TYPE_CHECKING:
    from sandbox.server import Sandbox

OVERRIDING = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_REGION",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)
"""Variables that would lead an AWS client elsewhere, or past the sandbox's credentials: they must not be set."""
SERVICE_ENDPOINT = "AWS_ENDPOINT_URL_"
"""Nor may any that begins so: the endpoint of one service."""

_NOBODY = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""moto asks boto3 for regions when it is imported, and boto3 the user's profile: neither may matter here."""


class CannotStart(Exception):  # noqa: N818  # told to the user as it is
    """There will be no sandbox; the sentence says why and what to do."""


@contextmanager
def launch(scenario: str, port: int = 0) -> Iterator["Sandbox"]:
    """A sandbox, with an environment that leads every AWS client of this process to it and nowhere else.

    Raises:
        CannotStart: see there.
    """
    with _environment(_NOBODY):
        with uncollected():
            sandbox = _start(scenario, port)
            gc.freeze()  # what was made stays until the end
        try:
            with _environment(sandbox.environment()):
                yield sandbox
        finally:
            sandbox.stop()


def _start(scenario: str, port: int) -> "Sandbox":
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


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Variables in force and those that override them gone; afterwards everything as before."""
    overriding = [*OVERRIDING, *(name for name in os.environ if name.startswith(SERVICE_ENDPOINT))]
    before = {name: os.environ.get(name) for name in (*values, *overriding)}
    for name in overriding:
        os.environ.pop(name, None)
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
