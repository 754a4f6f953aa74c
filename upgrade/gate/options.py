"""The command line: what can be asked for, and how wishes go together. Light: nothing heavy is imported for a refusal."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from upgrade.gate.mode import COURSES, Mode

CHECKOUT = Path(__file__).resolve().parents[2]

WEEK = 60 * 24 * 7
"""Minutes; nobody waits longer."""

EVIDENCE = "evidence"
"""The folder of the evidence, unless another is named."""

MODES: Mapping[str, Mode] = {
    "upgrade": Mode.UPGRADE,
    "ahead": Mode.AHEAD,
    "read_only": Mode.READ_ONLY,
    "verify": Mode.VERIFY,
    "recover": Mode.RECOVER,
}
"""By the option that asks for it; without one a gate is asked for."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for."""

    stack: str
    mode: Mode
    stacks_file: Path
    evidence: Path
    to: str | None = None
    """A version or an address in place of the configured target."""
    minutes: float | None = None
    """In place of the configured `minutes`."""
    plan: Path | None = None
    """The plan.json that was reviewed."""
    approvals: tuple[Path, ...] = ()
    baseline: Path | None = None
    """The evidence folder of an earlier run that knows how things were."""
    change_id: str = ""
    acknowledged: tuple[str, ...] = ()
    cancel_on_timeout: bool = False
    """Cancel the update when its time is over."""
    skips: tuple[str, ...] = ()
    """What a rollback is continued without."""
    own_checks: tuple[Path, ...] = ()
    """Files with checks of the user's own."""
    command: tuple[str, ...] = ()


def add(parser: pytest.Parser) -> None:
    """Declare every option of the contract."""
    group = parser.getgroup("plimsoll", "upgrade gate for CloudFormation (path options are written with =)")
    option = group.addoption
    option("--stack", metavar="NAME", help="judge this stack of stacks.toml; `demo` is a sandbox")
    option("--upgrade", action="store_true", help="if the verdict is GO, execute the change set and watch it")
    option("--ahead", action="store_true", help="plan days before the window: leave change set and plan for review")
    option("--read-only", action="store_true", help="judge without a change set: nothing is written to AWS")
    option("--verify", action="store_true", help="postflight alone, after an upgrade made by other means")
    option("--recover", action="store_true", help="continue the rollback of a stack that is stuck in it")
    option("--skip", metavar="ID", action="append", help="with --recover: leave this resource as it is")
    option("--plan", metavar="PATH", help="this plan.json: with --upgrade execute it, else judge it again")
    option("--approval", metavar="FILE", action="append", help="an approval of that plan; may be given several times")
    option("--baseline", metavar="BUNDLE", help="the evidence folder that knows how things were before an upgrade")
    option("--stacks", action="store_true", help="list the configured stacks")
    option("--stacks-file", metavar="PATH", help="the configuration (default: stacks.toml in the checkout)")
    option("--to", metavar="VERSION|ADDRESS|FILE", help="the target, in place of the configured one")
    option("--change-id", metavar="ID", help="the change this run belongs to; names the evidence folder")
    option("--acknowledge", metavar="ID", action="append", help="state, in your name, what only a person can know")
    option("--evidence", metavar="DIR", default=EVIDENCE, help="where the evidence goes (default: evidence)")
    option("--timeout", metavar="MINUTES", type=float, help="how long the update may take")
    option("--cancel-on-timeout", action="store_true", help="cancel the update when its time is over (may_cancel)")


def parse(config: pytest.Config, own_checks: tuple[Path, ...] = ()) -> Options | None:
    """The user's wish; None if no stack was named.

    Raises:
        pytest.UsageError: it can't be granted, with what to type instead.
    """
    _refuse_empty(config)
    stack = config.getoption("stack")
    mode = _mode(config)
    _agree(config, mode)
    if mode is Mode.RECOVER and own_checks:
        raise pytest.UsageError(f"{own_checks[0]} judges an upgrade: leave it out with --recover")
    if stack is None:
        return None
    _refuse_junit(config)
    plan, baseline = _paths(config, "plan"), _paths(config, "baseline")
    return Options(
        stack=stack,
        mode=mode,
        stacks_file=stacks_file(config),
        evidence=Path(config.getoption("evidence")),
        to=config.getoption("to"),
        minutes=config.getoption("timeout"),
        plan=plan[0] if plan else None,
        approvals=_paths(config, "approval"),
        baseline=baseline[0] if baseline else None,
        change_id=config.getoption("change_id") or "",
        acknowledged=tuple(config.getoption("acknowledge") or ()),
        cancel_on_timeout=bool(config.getoption("cancel_on_timeout")),
        skips=tuple(dict.fromkeys(config.getoption("skip") or ())),
        own_checks=own_checks,
        command=("pytest", *map(str, config.invocation_params.args)),
    )


def stacks_file(config: pytest.Config) -> Path:
    """Where the configuration is."""
    return Path(config.getoption("stacks_file") or CHECKOUT / "stacks.toml")


def _refuse_empty(config: pytest.Config) -> None:
    """In a script an unset variable makes `--plan=$PLAN` an empty one, and no plan is not the plan that was meant."""
    for name in (
        "stack",
        "plan",
        "approval",
        "baseline",
        "stacks_file",
        "to",
        "change_id",
        "acknowledge",
        "skip",
        "evidence",
    ):
        value = config.getoption(name)
        if value == "" or (isinstance(value, list) and "" in value):
            raise pytest.UsageError(f"--{name.replace('_', '-')}= names nothing: give it a value, or leave it out")


def _refuse_junit(config: pytest.Config) -> None:
    """A file that can't be written: pytest would find out when all is over."""
    path = config.getoption("xmlpath", None)
    if not path:
        return
    folder = Path(path).absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise pytest.UsageError(
            f"--junitxml={path}: {folder} can't be made ({error.strerror}): name another file"
        ) from None
    if not os.access(folder, os.W_OK):
        raise pytest.UsageError(f"--junitxml={path}: {folder} can't be written to: name another file")


def _paths(config: pytest.Config, name: str) -> tuple[Path, ...]:
    """The files that an option names; looked for before anything is started."""
    given = config.getoption(name) or ()
    paths = tuple(map(Path, [given] if isinstance(given, str) else given))
    for path in paths:
        if not path.exists():
            raise pytest.UsageError(f"--{name}={path}: there is no such file or folder")
    return paths


def _mode(config: pytest.Config) -> Mode:
    asked = [name for name in MODES if config.getoption(name)]
    if len(asked) > 1:
        first, second = (f"--{name.replace('_', '-')}" for name in asked[:2])
        raise pytest.UsageError(f"{first} and {second} exclude each other: keep one")
    if asked:
        return MODES[asked[0]]
    return Mode.REJUDGE if config.getoption("plan") else Mode.GATE


def _agree(config: pytest.Config, mode: Mode) -> None:
    given = {
        name: config.getoption(name) for name in ("plan", "approval", "baseline", "to", "timeout", "change_id", "skip")
    }
    needs_stack = [name for name in (*MODES, *given, "acknowledge") if config.getoption(name)]
    if config.getoption("stack") is None and needs_stack:
        raise pytest.UsageError(f"--{needs_stack[0].replace('_', '-')} needs --stack NAME")
    rules = {
        "--plan goes with --upgrade, or alone": given["plan"] and mode not in {Mode.REJUDGE, Mode.UPGRADE},
        "--approval belongs to a plan: add --plan=PATH": given["approval"] and not given["plan"],
        "--to and --plan exclude each other: a plan has its target": given["to"] and given["plan"],
        "--baseline goes with --verify or --upgrade": given["baseline"] and mode not in {Mode.VERIFY, Mode.UPGRADE},
        "--to does not go with --recover": given["to"] and mode is Mode.RECOVER,
        "--cancel-on-timeout goes with --upgrade": config.getoption("cancel_on_timeout") and mode is not Mode.UPGRADE,
        "--skip goes with --recover": given["skip"] and mode is not Mode.RECOVER,
        "--timeout goes with --upgrade or --recover": given["timeout"] is not None and not COURSES[mode].executes,
        "--timeout: minutes must be more than 0 and at most a week": given["timeout"] is not None
        and not 0 < given["timeout"] <= WEEK,
    }
    for sentence, broken in rules.items():
        if broken:
            raise pytest.UsageError(sentence)
