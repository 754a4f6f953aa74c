"""The command line: what can be asked for, what is refused, all before the first AWS call."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from upgrade.gate.decision import Mode

CHECKOUT = Path(__file__).parents[2]

NOT_BUILT = {
    "--ahead": "store_true",
    "--read-only": "store_true",
    "--plan": "store",
    "--approval": "append",
    "--verify": "store_true",
    "--baseline": "store",
    "--recover": "store_true",
    "--skip": "append",
    "--stacks": "store_true",
    "--change-id": "store",
    "--acknowledge": "append",
    "--cancel-on-timeout": "store_true",
}
"""Options of the contract whose part is not built yet: known, so that nobody takes them for a typing mistake."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for."""

    stack: str
    mode: Mode
    stacks_file: Path
    evidence: Path
    to: str | None
    """A version or an address in place of the configured target."""
    minutes: float | None
    """In place of the configured `minutes`."""
    command: tuple[str, ...]


def add(parser: pytest.Parser) -> None:
    """Declare every option of the contract."""
    group = parser.getgroup("plimsoll", "upgrade gate for CloudFormation (path options are written with =)")
    group.addoption("--stack", metavar="NAME", help="judge this stack of stacks.toml; `demo` is a sandbox")
    group.addoption("--upgrade", action="store_true", help="if the verdict is GO, execute the change set and watch it")
    group.addoption("--stacks-file", metavar="PATH", help="the configuration (default: stacks.toml in the checkout)")
    group.addoption("--to", metavar="VERSION|ADDRESS|FILE", help="the target, in place of the configured one")
    group.addoption("--evidence", metavar="DIR", default="evidence", help="where the evidence goes (default: evidence)")
    group.addoption("--timeout", metavar="MINUTES", type=float, help="how long the update may take")
    for name, action in NOT_BUILT.items():
        group.addoption(name, action=action, default=None, help="not built yet")


def parse(config: pytest.Config) -> Options | None:
    """The user's wish; None if no stack was named.

    Raises:
        pytest.UsageError: it can't be granted, with what to type instead.
    """
    for name in NOT_BUILT:
        if config.getoption(name.removeprefix("--").replace("-", "_")):
            raise pytest.UsageError(f"{name} is not built yet; today there are `--stack NAME` and `--upgrade`")
    stack = config.getoption("stack")
    if stack is None:
        if config.getoption("upgrade"):
            raise pytest.UsageError("--upgrade needs --stack NAME")
        return None
    minutes = config.getoption("timeout")
    if minutes is not None and minutes <= 0:
        raise pytest.UsageError(f"--timeout={minutes:g}: minutes must be more than 0")
    return Options(
        stack=stack,
        mode=Mode.UPGRADE if config.getoption("upgrade") else Mode.GATE,
        stacks_file=Path(config.getoption("stacks_file") or CHECKOUT / "stacks.toml"),
        evidence=Path(config.getoption("evidence")),
        to=config.getoption("to"),
        minutes=minutes,
        command=("pytest", *map(str, config.invocation_params.args)),
    )


def guard(config: pytest.Config) -> None:
    """Refuse a command line that would run something else than was meant.

    With a path option written with a space pytest may choose another rootdir, and then our ini is not in force; a gate
    under another ini could go green by accident.

    Raises:
        pytest.UsageError: see above.
    """
    here = config.rootpath == CHECKOUT
    stack = config.getoption("stack")
    if stack is None and not here:
        return  # somebody else's tests, in an environment where this project happens to be installed
    if config.inipath != CHECKOUT / "pytest.ini":
        raise pytest.UsageError(
            f"the ini file in force is {config.inipath}, not {CHECKOUT / 'pytest.ini'}: "
            "run pytest from the checkout and write path options with =, e.g. --stacks-file=PATH"
        )
    if stack is not None:
        _refuse_other_runners(config)
    in_tests = [argument for argument in config.args if _under_tests(argument, config)]
    if stack is not None and in_tests:
        raise pytest.UsageError(f"{in_tests[0]} tests Plimsoll itself: name either --stack or a path under tests/")
    if stack is None and len(in_tests) < len(config.args):
        raise pytest.UsageError(
            "name what to judge: `pytest --stack NAME` (demo is a sandbox; others stand in stacks.toml), "
            "or run Plimsoll's own tests: `pytest tests`"
        )


def _refuse_other_runners(config: pytest.Config) -> None:
    """A gate is one process that runs each check once, with assertions that are live."""
    wrong = {
        "-n, --dist and --tx": config.getoption("numprocesses", None)
        or config.getoption("tx", None)
        or config.getoption("dist", "no") != "no",
        "--reruns": config.getoption("reruns", None),
        "--assert=plain": config.getoption("assertmode") == "plain",
        "python -O": sys.flags.optimize,
    }
    for option, given in wrong.items():
        if given:
            raise pytest.UsageError(
                f"{option} can't be combined with --stack: leave it out (PYTEST_ADDOPTS counts, too)"
            )


def _under_tests(argument: str, config: pytest.Config) -> bool:
    path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
    return path.is_relative_to(CHECKOUT / "tests") or path.is_relative_to(CHECKOUT / "bench")
