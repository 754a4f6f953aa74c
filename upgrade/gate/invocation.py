"""Refuses a command line that would run less than a gate, or something else than was meant.

A gate is one process that runs every check of its mode once, from this checkout and under its own ini. What can take
something away from that is refused here, before anything is started; what gets past (a plugin, say) is found by
comparing the ledger with the manifest.
"""

import os
import re
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from upgrade.gate.options import CHECKOUT

CHECKS = CHECKOUT / "checks"
OURS = (
    "--stack", "--upgrade", "--ahead", "--read-only", "--verify", "--plan", "--approval", "--baseline", "--stacks-file",
    "--to", "--change-id", "--acknowledge", "--evidence", "--timeout", "--recover", "--skip", "--cancel-on-timeout",
    "--scenario",
)  # fmt: skip
DISPLAY = (
    "--verbose", "--quiet", "--tb", "--color", "--code-highlight", "--capture", "--show-capture", "--no-header",
    "--no-summary", "--disable-warnings", "--durations", "--durations-min", "--junitxml", "--junit-xml",
)  # fmt: skip
"""Options of pytest that change what is shown and nothing else."""

_SHORT_DISPLAY = re.compile(r"-[vqs]+|-r\w*")


def guard(config: pytest.Config) -> tuple[Path, ...]:
    """Refuse what is no gate; return the files with checks of the user's own that the command line names.

    With a path option written with a space pytest may choose another rootdir, and then our ini is not in force.

    Raises:
        pytest.UsageError: with what to type instead.
    """
    stack = config.getoption("stack")
    if stack is None:
        _guard_tests(config)
        return ()
    _guard_ini(config)
    if sys.flags.optimize:
        raise pytest.UsageError("python -O takes assertions away: run a gate without it (and without PYTHONOPTIMIZE)")
    _guard_options(config)
    return _own_checks(config)


def _guard_tests(config: pytest.Config) -> None:
    if config.rootpath.resolve() != CHECKOUT:
        return  # somebody else's tests, in an environment where this project happens to be installed
    _guard_ini(config)
    paths = [_path(argument, config) for argument in config.args]
    if not all(map(_tests_us, paths)):
        raise pytest.UsageError(
            "name what to judge: `pytest --stack NAME` (demo is a sandbox; `pytest --stacks` lists the others), "
            "or run Plimsoll's own tests: `pytest tests`"
        )


def _guard_ini(config: pytest.Config) -> None:
    found = config.inipath.resolve() if config.inipath else "none"
    if found != CHECKOUT / "pytest.ini":
        raise pytest.UsageError(
            f"the ini file in force is {found}, not {CHECKOUT / 'pytest.ini'}: run pytest in the checkout "
            f"(cd {CHECKOUT}), name `checks` before paths of your own, and write path options with =, "
            "e.g. --stacks-file=PATH"
        )


def _guard_options(config: pytest.Config) -> None:
    for origin, tokens in _tokens(config).items():
        for token in tokens:
            name = token.partition("=")[0]
            if token.startswith(("-", "@")) and not (name in OURS + DISPLAY or _SHORT_DISPLAY.fullmatch(token)):
                raise pytest.UsageError(
                    f"{name} can't be combined with --stack, which runs every check once: leave it out{origin}"
                )


def _tokens(config: pytest.Config) -> dict[str, list[str]]:
    """What was typed, by a remark on where it stands. In a file of arguments (@FILE) pytest would read on."""
    return {
        "": [str(argument) for argument in config.invocation_params.args],
        " (it stands in PYTEST_ADDOPTS)": shlex.split(os.environ.get("PYTEST_ADDOPTS", "")),
    }


def _own_checks(config: pytest.Config) -> tuple[Path, ...]:
    """Point pytest at the checks; whatever else was named must hold checks of the user's own."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(CHECKS)]  # whatever `testpaths` or the working directory would have chosen
        return ()
    paths = [_path(argument, config) for argument in config.args]
    for argument, path in zip(config.args, paths, strict=True):
        _refuse_part(argument, path)
    if CHECKS not in paths:
        raise pytest.UsageError(f"checks of your own come on top: pytest checks {' '.join(config.args)} --stack …")
    config.args = [str(path) for path in dict.fromkeys([CHECKS, *paths])]
    return tuple(dict.fromkeys(file for path in paths if path != CHECKS for file in _check_files(path)))


def _refuse_part(argument: str, path: Path) -> None:
    if "::" in argument or (path != CHECKS and path.is_relative_to(CHECKS)):
        raise pytest.UsageError(f"{argument} is only a part of the checks, and a part is no gate: name no path at all")
    if _tests_us(path):
        raise pytest.UsageError(f"{argument} tests Plimsoll itself: name either --stack or a path under tests/")
    if not path.exists():
        raise pytest.UsageError(f"{argument}: there is no such file or folder")


def _check_files(path: Path) -> Iterable[Path]:
    files = [path] if path.is_file() else sorted(path.rglob("check_*.py"))
    if not files or not all(file.match("check_*.py") for file in files):
        raise pytest.UsageError(f"{path} holds no check: write check_<slug>.py, see CONTRIBUTING.md")
    return files


def _path(argument: str, config: pytest.Config) -> Path:
    return (config.invocation_params.dir / argument.partition("::")[0]).resolve()


def _tests_us(path: Path) -> bool:
    return path.is_relative_to(CHECKOUT / "tests") or path.is_relative_to(CHECKOUT / "bench")
