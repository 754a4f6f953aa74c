"""Starts a sandbox in this process for `pytest --stack demo`, unless one stands already.

It only sets environment variables, as `python -m sandbox serve` does for any client: whoever reads them knows nothing of
this plugin. Importing it is light.
"""

import os
import sys
import time
from contextlib import ExitStack, nullcontext

import pytest

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
        running = ExitStack()
        _start(config, running, scenario or "healthy")
        config.add_cleanup(running.close)


def _start(config: pytest.Config, running: ExitStack, scenario: str) -> None:
    # Imported late: most runs of pytest need no sandbox, and a refused one shall not wait for it.
    from sandbox.launch import CannotStart, launch

    capture = config.pluginmanager.getplugin("capturemanager")
    began = time.monotonic()
    with capture.global_and_fixture_disabled() if capture else nullcontext():
        _tell(f"sandbox: starting scenario {scenario} ... ")
        try:
            sandbox = running.enter_context(launch(scenario))
        except CannotStart as error:
            _tell("failed\n")
            raise pytest.UsageError(str(error)) from error
        except BaseException:
            _tell("failed\n")
            raise
        _tell(f"ready in {time.monotonic() - began:.1f} s at {sandbox.url}\n")


def _tell(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
