"""The gate's only pytest face: options, and the session object that is registered when a stack is named.

Light: a command line that is refused has imported neither pydantic nor boto3.
"""

import gc
import logging
import sys
from collections.abc import Callable, Generator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports import latest
from upgrade.clock import SystemClock, new_run_id
from upgrade.errors import PlimsollError
from upgrade.gate import invocation, manifest, options, terminal

if TYPE_CHECKING:
    from upgrade.facts.changes import Plan
    from upgrade.facts.known import Fact
    from upgrade.facts.operation import Operation
    from upgrade.facts.own import Read
    from upgrade.facts.review import Review
    from upgrade.facts.snapshot import Snapshot
    from upgrade.gate.boundary import Boundary
    from upgrade.gate.gatekeeper import Gatekeeper

RUN_ID = pytest.StashKey[str]()
WISH = pytest.StashKey[options.Options | None]()
GATEKEEPER = pytest.StashKey["Gatekeeper"]()
BOUNDARY: "pytest.StashKey[Boundary]" = pytest.StashKey()

NOT_DECIDED = 11
"""Exit code of a run with --stack that ended without a decision, whatever pytest makes of it."""


# ---- options ---------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    options.add(parser)
    pluginmanager.register(LastWord(), "upgrade.last_word")


# ---- initialization and the last word --------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Empty `latest.json`, then refuse what can't be run, before anything is started. Else None: pytest goes on."""
    stack = config.getoption("stack")
    if stack is not None:
        _begin(config, stack)
    elif config.getoption("stacks"):
        return _list_stacks(config)
    own_checks = invocation.guard(config)
    config.stash[WISH] = wish = options.parse(config, own_checks)
    if wish is not None:
        _compare_manifest()
    return None


class LastWord:
    """Sets the exit code that the ledger gave, whatever a plugin has made of it since, or of the whole session."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, object, object]:
        result = yield
        terminal.lasting(sys.stdout).flush()
        if config.getoption("stack") is None or result == pytest.ExitCode.USAGE_ERROR:
            return result
        gatekeeper = config.stash.get(GATEKEEPER, None)
        return NOT_DECIDED if gatekeeper is None or gatekeeper.exit_code is None else gatekeeper.exit_code


def _begin(config: pytest.Config, stack: str) -> None:
    config.stash[RUN_ID] = new_run_id(SystemClock())
    try:
        latest.begin(Path(config.getoption("evidence") or options.EVIDENCE), config.stash[RUN_ID], stack)
    except PlimsollError as error:
        raise pytest.UsageError(str(error)) from error


def _compare_manifest() -> None:
    try:
        manifest.read()
    except PlimsollError as error:
        raise pytest.UsageError(str(error)) from error


def _list_stacks(config: pytest.Config) -> int:
    from upgrade.gate.listing import listing  # noqa: PLC0415  # pydantic

    try:
        text = listing(options.stacks_file(config))
    except PlimsollError as error:
        raise pytest.UsageError(str(error)) from error
    print(text)  # noqa: T201  # what was asked for
    return 0


def pytest_configure(config: pytest.Config) -> None:
    """Open a run, if a stack is named: configuration, credentials and evidence folder, still before any AWS call."""
    wish = config.stash.get(WISH, None)
    if wish is None:
        return
    if hasattr(config, "workerinput"):
        raise pytest.UsageError("a gate never runs in a worker of pytest-xdist")
    # Imported late: see above.
    from upgrade.gate import boundary, memory, signals  # noqa: PLC0415
    from upgrade.gate.opening import open_run  # noqa: PLC0415

    memory.return_what_is_freed()
    config.stash[BOUNDARY] = edge = boundary.Boundary()
    edge.install()
    try:
        gatekeeper = open_run(wish, config.stash[RUN_ID], config)
    except PlimsollError as error:
        raise pytest.UsageError(str(error)) from error
    _quiet(config)
    signals.listen()
    config.stash[GATEKEEPER] = gatekeeper
    edge.clean = gatekeeper.run.clean
    config.pluginmanager.register(edge, "upgrade.boundary")
    if config.pluginmanager.register(gatekeeper, "upgrade.gatekeeper") is None:
        raise pytest.UsageError("the gatekeeper is switched off: leave out `-p no:upgrade.gatekeeper`")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave at once: pytest and Python would search all of it for garbage six times more, which takes half a second."""
    edge = config.stash.get(BOUNDARY, None)
    if edge is not None:
        edge.mend(config.getoption("xmlpath", None))
        edge.remove()
    gatekeeper = config.stash.get(GATEKEEPER, None)
    if gatekeeper is not None:
        gatekeeper.close()
        gc.freeze()


def _quiet(config: pytest.Config) -> None:
    """Our own lines tell each check; of pytest's there remain collection errors and the closing count."""
    config.option.verbose = min(config.option.verbose, -1)
    config.option.tbstyle = "no"
    config.option.reportchars = ""
    # Where hypothesis is installed its plugin imports all of it, a second's worth, for a summary of tests that are none.
    config.pluginmanager.unregister(name="hypothesispytest")
    # pytest's plugin for logs goes through the dict of all loggers, and ends the session with an internal error where a
    # thread of ours imports, and so adds a logger, meanwhile. It has no user here: what botocore logs holds session tokens.
    config.pluginmanager.set_blocked("logging-plugin")
    logging.getLogger().addHandler(logging.NullHandler())


# ---- fixtures: the facts checks judge --------------------------------------------------------------------------------


def _gatekeeper(request: pytest.FixtureRequest) -> "Gatekeeper":
    return request.config.stash[GATEKEEPER]


@pytest.fixture(scope="session")
def entry(request: pytest.FixtureRequest) -> object:
    """The entry of stacks.toml (upgrade.config.entry.StackEntry)."""
    return _gatekeeper(request).run.entry


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest) -> object:
    """What is known about the product (upgrade.config.product.Product)."""
    return _gatekeeper(request).run.product


@pytest.fixture(scope="session")
def before(request: pytest.FixtureRequest) -> "Snapshot":
    """The facts before the upgrade."""
    return _gatekeeper(request).stages.read_before()


@pytest.fixture(scope="session")
def plan(request: pytest.FixtureRequest) -> "Fact[Plan]":
    """The change set; where none is made, what it is predicted to be."""
    return _gatekeeper(request).plan()


@pytest.fixture(scope="session")
def review(request: pytest.FixtureRequest) -> "Review":
    """What people have said: change id, approvals, acknowledgements."""
    return _gatekeeper(request).stages.read_review()


@pytest.fixture(scope="session")
def read(request: pytest.FixtureRequest) -> "Read":
    """For checks of the user's own: reads a fact that Plimsoll does not have (docs/own-checks.md)."""
    return _gatekeeper(request).run.own.read


@pytest.fixture
def now(request: pytest.FixtureRequest) -> datetime:
    """The moment the check judges."""
    return _gatekeeper(request).run.clock.now()


@pytest.fixture
def execute(request: pytest.FixtureRequest) -> "Callable[[], Operation]":
    """The door: executes the change set, or continues the rollback, once, if the gate is open, for one item alone."""
    return _gatekeeper(request).door(request.node)


@pytest.fixture(scope="session")
def upgrade(request: pytest.FixtureRequest) -> "Operation":
    """The recorded result of the upgrade; asking for it never starts one."""
    return _gatekeeper(request).operation()


@pytest.fixture(scope="session")
def recovery(request: pytest.FixtureRequest) -> "Operation":
    """The recorded result of the recovery; asking for it never starts one."""
    return _gatekeeper(request).operation()


@pytest.fixture(scope="session")
def skips(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """What the rollback is to be continued without."""
    return _gatekeeper(request).run.wish.skips


@pytest.fixture(scope="session")
def after(request: pytest.FixtureRequest) -> "Snapshot":
    """The facts after the upgrade."""
    return _gatekeeper(request).stages.read_after()
