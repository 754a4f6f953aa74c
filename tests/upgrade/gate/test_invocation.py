"""Of pytest's options only those pass that change what is shown."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from upgrade.gate import invocation


def guard(*arguments: str) -> None:
    params = SimpleNamespace(args=arguments)
    invocation._guard_options(SimpleNamespace(invocation_params=params))  # type: ignore[arg-type]  # as much as it needs


def refused(*arguments: str) -> bool:
    try:
        guard(*arguments)
    except pytest.UsageError:
        return True
    return False


@pytest.fixture(autouse=True)
def _nothing_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


@pytest.mark.parametrize(
    "argument",
    [
        "-v",
        "-q",
        "-s",
        "-vv",
        "-vqs",
        "-r",
        "-rA",
        "-rfE",
        "--tb=short",
        "--durations=3",
        "--stack=prod",
        "prod",
        "--color",
    ],
)
def test_what_changes_the_display_passes(argument: str) -> None:
    assert not refused(argument)


@pytest.mark.parametrize(
    "argument",
    ["-x", "-vx", "-xv", "-k", "-kfoo", "-m", "-p", "-pno:x", "-c", "-o", "-n2", "-W", "-h", "-V", "--", "-", "@file",
     "--stac", "--verb", "--upgrade-now", "--junitxml-x", "-v=1", "--Verbose", "-r -x", "-rA\n-x"],
)  # fmt: skip
def test_whatever_else_begins_like_an_option_is_refused(argument: str) -> None:
    assert refused(argument)


@given(st.from_regex(r"(--?|@)[A-Za-z:=-]{1,12}", fullmatch=True))
@example("-qk")
def test_only_what_is_known_passes(argument: str) -> None:
    known = {*invocation.OURS, *invocation.DISPLAY}
    short = argument[:1] == "-" and (set(argument[1:]) <= set("vqs") or argument[1:2] == "r") and "=" not in argument
    assert refused(argument) or argument.partition("=")[0] in known or short


@pytest.mark.parametrize("addopts", ["-x", "-v -x", "'-k' 'a b'", "--lf"])
def test_what_the_environment_adds_is_refused_and_named(monkeypatch: pytest.MonkeyPatch, addopts: str) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", addopts)
    with pytest.raises(pytest.UsageError, match="it stands in PYTEST_ADDOPTS"):
        guard("--stack", "prod")


def test_what_the_environment_adds_to_the_display_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-q --color=yes")
    arguments: Any = ("--stack", "prod")
    assert not refused(*arguments)
