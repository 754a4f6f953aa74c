"""Every option of the contract is known to the guard; wishes that exclude each other are refused with what to type."""

from pathlib import Path
from typing import Any

import pytest

from upgrade.gate import invocation, options
from upgrade.gate.mode import Mode


class Declared:
    """Collects what is declared, as pytest's parser does."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.defaults: dict[str, Any] = {}

    def getgroup(self, *_: str) -> "Declared":
        return self

    def addoption(self, name: str, **more: Any) -> None:
        self.names.append(name)
        default = False if more.get("action") == "store_true" else None
        self.defaults[name.removeprefix("--").replace("-", "_")] = more.get("default") or default


class Given:
    """A command line, as far as options.parse looks at it."""

    def __init__(self, **values: Any) -> None:
        declared = Declared()
        options.add(declared)  # type: ignore[arg-type]  # as much of a parser as it needs
        self._values = {**declared.defaults, "stack": "prod", **values}
        self.invocation_params = type("Params", (), {"args": ("--stack", "prod")})

    def getoption(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default) if name == "xmlpath" else self._values[name]


def parsed(**values: Any) -> options.Options:
    wish = options.parse(Given(**values))  # type: ignore[arg-type]  # as above
    assert wish is not None
    return wish


def test_the_guard_knows_every_option() -> None:
    declared = Declared()
    options.add(declared)  # type: ignore[arg-type]  # as above

    assert set(declared.names) | {"--scenario"} == {*invocation.OURS, "--stacks"}


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        ({}, Mode.GATE),
        ({"ahead": True}, Mode.AHEAD),
        ({"read_only": True}, Mode.READ_ONLY),
        ({"verify": True}, Mode.VERIFY),
        ({"upgrade": True}, Mode.UPGRADE),
        ({"recover": True}, Mode.RECOVER),
        ({"plan": __file__}, Mode.REJUDGE),
        ({"plan": __file__, "upgrade": True}, Mode.UPGRADE),
    ],
    ids=str,
)
def test_the_mode_is_what_was_asked_for(given: dict[str, Any], mode: Mode) -> None:
    assert parsed(**given).mode is mode


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ahead": True, "upgrade": True}, "--upgrade and --ahead exclude each other"),
        ({"read_only": True, "verify": True}, "--read-only and --verify exclude each other"),
        ({"plan": "p", "ahead": True}, "--plan goes with --upgrade"),
        ({"plan": "p", "verify": True}, "--plan goes with --upgrade"),
        ({"approval": ["a"]}, "add --plan=PATH"),
        ({"plan": "p", "to": "v1"}, "--to and --plan exclude each other"),
        ({"baseline": "b"}, "--baseline goes with --verify"),
        ({"baseline": "b", "ahead": True}, "--baseline goes with --verify or --upgrade"),
        ({"timeout": 5.0}, "--timeout goes with --upgrade"),
        ({"timeout": 0.0, "upgrade": True}, "more than 0"),
        ({"timeout": float("inf"), "upgrade": True}, "at most a week"),
        ({"timeout": float("nan"), "upgrade": True}, "at most a week"),
        ({"xmlpath": f"{__file__}/junit.xml"}, "name another file"),
        ({"cancel_on_timeout": True}, "--cancel-on-timeout goes with --upgrade"),
        ({"skip": ["DataVolume"], "upgrade": True}, "--skip goes with --recover"),
        ({"skip": [""], "recover": True}, "--skip= names nothing"),
        ({"to": "v1", "recover": True}, "--to does not go with --recover"),
        ({"recover": True, "upgrade": True}, "--upgrade and --recover exclude each other"),
        ({"plan": "", "upgrade": True}, "--plan= names nothing"),
        ({"plan": __file__, "approval": [__file__, ""]}, "--approval= names nothing"),
        ({"change_id": ""}, "--change-id= names nothing"),
        ({"stack": ""}, "--stack= names nothing"),
        ({"plan": "nowhere"}, "--plan=nowhere: there is no such file"),
        ({"baseline": "nowhere", "verify": True}, "--baseline=nowhere: there is no such file"),
        ({"plan": __file__, "approval": [__file__, "nowhere"]}, "--approval=nowhere: there is no such file"),
        ({"stack": None, "ahead": True}, "--ahead needs --stack"),
        ({"stack": None, "plan": "p"}, "--plan needs --stack"),
        ({"stack": None, "acknowledge": ["x"]}, "--acknowledge needs --stack"),
    ],
    ids=str,
)
def test_wishes_that_make_no_sense_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(pytest.UsageError, match=said):
        options.parse(Given(**given))  # type: ignore[arg-type]  # as above


def test_without_a_stack_nothing_is_wished() -> None:
    assert options.parse(Given(stack=None)) is None  # type: ignore[arg-type]  # as above


def test_everything_that_was_said_is_kept() -> None:
    approvals = [__file__, str(Path(__file__).parent)]
    wish = parsed(plan=__file__, approval=approvals, change_id="CHG-1", acknowledge=["maintenance_mode"])

    assert [str(path) for path in wish.approvals] == approvals
    assert (wish.change_id, wish.acknowledged) == ("CHG-1", ("maintenance_mode",))
    assert wish.command == ("pytest", "--stack", "prod")
