"""Starts a sandbox in this process for `pytest --stack demo`, unless one stands already.

It only sets environment variables, as `python -m sandbox serve` does for any client: whoever reads them knows nothing of
this plugin. Importing it is light.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from sandbox.launch import OVERRIDING, CannotStart, launch

if TYPE_CHECKING:
    from sandbox.server import Sandbox

STACK = "demo"
"""The reserved name of the stack that lives in a sandbox."""
STANDING = "PLIMSOLL_SANDBOX"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare --scenario."""
    parser.getgroup("plimsoll").addoption(
        "--scenario", metavar="NAME", help="the sandbox's world (`python -m sandbox scenarios` lists them)"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start a sandbox if one is wanted: before the gate reads its configuration."""
    scenario, standing = config.getoption("scenario"), os.environ.get(STANDING)
    if config.getoption("stack", None) != STACK:
        if scenario:
            raise pytest.UsageError(f"--scenario={scenario} goes with --stack {STACK} only")
    elif standing and scenario:
        raise pytest.UsageError(
            f"--scenario={scenario}: the sandbox at {standing} has its scenario already; start another with "
            f"`python -m sandbox serve --scenario={scenario}`, or unset {STANDING}"
        )
    elif not standing:
        try:
            sandbox = _start(config, scenario or "healthy")
        except CannotStart as error:
            raise pytest.UsageError(str(error)) from error
        config.add_cleanup(sandbox.stop)
        config.add_cleanup(_enter(sandbox.environment()))


def _start(config: pytest.Config, scenario: str) -> "Sandbox":
    capture = config.pluginmanager.getplugin("capturemanager")
    began = time.monotonic()
    with capture.global_and_fixture_disabled() if capture else nullcontext():
        _tell(f"sandbox: starting scenario {scenario} ... ")
        try:
            sandbox = launch(scenario)
        except BaseException:
            _tell("failed\n")
            raise
        _tell(f"ready in {time.monotonic() - began:.1f} s at {sandbox.url}\n")
    return sandbox


def _tell(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _enter(environment: Mapping[str, str]) -> Callable[[], None]:
    """Put an environment in force; returns what brings the old one back."""
    before = {name: os.environ.get(name) for name in (*environment, *OVERRIDING)}
    for name in OVERRIDING:
        os.environ.pop(name, None)
    os.environ.update(environment)

    def leave() -> None:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value

    return leave
