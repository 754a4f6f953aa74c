"""The gate's only pytest face: options, and the session object that is registered when a stack is named."""

import gc
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from reports import latest
from upgrade.clock import SystemClock, new_run_id
from upgrade.errors import PlimsollError
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.operation import Operation
from upgrade.facts.snapshot import Snapshot
from upgrade.gate import options
from upgrade.gate.gatekeeper import GATEKEEPER, Gatekeeper, Stopped

RUN_ID = pytest.StashKey[str]()

SANDBOX_STACKS = "PLIMSOLL_SANDBOX_STACKS"
"""Set by a running sandbox: the stacks file in which `demo` stands."""


# ---- options ---------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


# ---- initialization --------------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Empty `latest.json`, then refuse what can't be run, before anything is started. Returns None: pytest goes on."""
    stack = config.getoption("stack")
    if stack is not None:
        _begin(config, stack)
    options.guard(config)
    options.parse(config)


def _begin(config: pytest.Config, stack: str) -> None:
    config.stash[RUN_ID] = new_run_id(SystemClock())
    try:
        latest.begin(Path(config.getoption("evidence")), config.stash[RUN_ID], stack)
    except PlimsollError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_configure(config: pytest.Config) -> None:
    """Open a run, if a stack is named: configuration, credentials and evidence folder, still before any AWS call."""
    wish = options.parse(config)
    if wish is None:
        return
    if hasattr(config, "workerinput"):
        raise pytest.UsageError("a gate never runs in a worker of pytest-xdist")
    # Imported late: `pytest --help` and Plimsoll's own tests need neither pydantic nor boto3.
    from upgrade.gate.opening import open_run  # noqa: PLC0415

    try:
        gatekeeper = open_run(wish, _stacks_file(wish), config.stash[RUN_ID], config)
    except PlimsollError as error:
        raise pytest.UsageError(str(error)) from error
    _quiet(config)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    config.stash[GATEKEEPER] = gatekeeper
    if config.pluginmanager.register(gatekeeper, "upgrade.gate.gatekeeper") is None:
        raise pytest.UsageError("the gatekeeper is switched off: leave out `-p no:upgrade.gate.gatekeeper`")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave at once: pytest and Python would search all of it for garbage six times more, which takes half a second."""
    if GATEKEEPER in config.stash:
        gc.freeze()


def _stop(number: int, _frame: object) -> NoReturn:
    """A cancelled CI job or a closed terminal ends like Ctrl-C: with evidence."""
    raise Stopped(number)


def _quiet(config: pytest.Config) -> None:
    """Our own lines tell each check; of pytest's there remain collection errors and the closing count."""
    config.option.verbose = min(config.option.verbose, -1)
    config.option.tbstyle = "no"
    config.option.reportchars = ""
    # Where hypothesis is installed its plugin imports all of it, a second's worth, for a summary of tests that are none.
    config.pluginmanager.unregister(name="hypothesispytest")


def _stacks_file(wish: options.Options) -> Path:
    if wish.stack == "demo" and SANDBOX_STACKS in os.environ:
        return Path(os.environ[SANDBOX_STACKS])
    return wish.stacks_file


# ---- fixtures: the facts checks judge --------------------------------------------------------------------------------


def _gatekeeper(request: pytest.FixtureRequest) -> Gatekeeper:
    return request.config.stash[GATEKEEPER]


@pytest.fixture(scope="session")
def entry(request: pytest.FixtureRequest) -> object:
    """The entry of stacks.toml (upgrade.config.stacks.StackEntry)."""
    return _gatekeeper(request).run.entry


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest) -> object:
    """What is known about the product (upgrade.config.product.Product)."""
    return _gatekeeper(request).run.product


@pytest.fixture(scope="session")
def before(request: pytest.FixtureRequest) -> Snapshot:
    """The facts before the upgrade."""
    return _gatekeeper(request).before()


@pytest.fixture(scope="session")
def plan(request: pytest.FixtureRequest) -> Fact[Plan]:
    """The change set."""
    return _gatekeeper(request).plan()


@pytest.fixture(scope="session")
def execute(request: pytest.FixtureRequest) -> Callable[[], Operation]:
    """The door: executes the change set, once, if the gate is open."""
    return _gatekeeper(request).execute


@pytest.fixture(scope="session")
def upgrade(request: pytest.FixtureRequest) -> Operation:
    """The recorded result of the upgrade; asking for it never starts one."""
    return _gatekeeper(request).operation()


@pytest.fixture(scope="session")
def after(request: pytest.FixtureRequest) -> Snapshot:
    """The facts after the upgrade."""
    return _gatekeeper(request).after()
