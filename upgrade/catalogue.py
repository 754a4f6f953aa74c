"""What a check is: its metadata as data, what it may say, and the list of all checks on disk.

A check is one function in `checks/<phase>/check_<slug>.py`, an ordinary pytest test. Its fixtures name the facts it
judges. It ends in one of these ways: it returns (PASS, with a remark if it calls `tell`), or it calls `fail`, `warn`,
`cannot_tell` or `not_applicable`. A plain `assert` that does not hold is a FAIL too; whatever else it raises, and any
value it returns, is an ERROR.
"""

import importlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from upgrade.errors import PlimsollError
from upgrade.requirements import RequirementsError, chosen

F = TypeVar("F", bound=Callable[..., None])

CHECKS = Path(__file__).resolve().parents[1] / "checks"


class Severity(StrEnum):
    """Whether what a check finds can stop an upgrade."""

    BLOCKER = "blocker"
    """May block: its FAIL and its ERROR do. It may still call `warn` for lesser findings."""
    WARNING = "warning"
    """Only ever warns; so does its ERROR."""


class Phase(StrEnum):
    """When a check runs; derived from its folder and from the facts it asks for."""

    FACTS = "facts"
    """Preflight, on what is deployed."""
    PLAN = "plan"
    """Preflight, on the change set."""
    UPGRADE = "upgrade"
    POSTFLIGHT = "postflight"
    STUCK = "stuck"
    """Before a recovery, on a stack that is stuck in its rollback."""
    RECOVERY = "recovery"
    RECOVERED = "recovered"
    """After a recovery."""


PREFLIGHT = frozenset({Phase.FACTS, Phase.PLAN, Phase.STUCK})
"""What must hold before anything is executed."""

EXECUTION = frozenset({Phase.UPGRADE, Phase.RECOVERY})
"""The one item that executes."""


class When(StrEnum):
    """What a check judges."""

    PLAN = "plan"
    """Whether the upgrade is right: holds for as long as the plan does."""
    START = "start"
    """The moment of execution: days before it, the answer is told and not required."""


MAX_AGE_MINUTES = {When.PLAN: 60.0, When.START: 15.0}
"""How old the facts may be that a check judges, where it does not say otherwise."""


class Outcome(StrEnum):
    """What became of a check."""

    PASS = "pass"  # noqa: S105  # not a password
    WARN = "warn"
    FAIL = "fail"
    ERROR = "error"
    """It could not tell."""
    NOT_APPLICABLE = "not applicable"
    WAIVED = "waived"
    """It ran and failed, and valid waivers cover all that it found."""
    DEFERRED = "deferred"
    """It judges the moment of execution, and this run executes nothing: what it would say now is told."""
    BLOCKED = "blocked"
    """An earlier phase did not allow it to run."""
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check says: found, expected, do this."""

    found: str
    expected: str
    remedy: str
    """What the operator does next, in a sentence; what deletes, terminates, skips or weakens is a hint, no command.
    Empty where there is nothing to do: it is only told."""
    logical_id: str = ""
    physical_id: str = ""
    property: str = ""
    paste: str = ""
    """A line to paste, into stacks.toml or a shell."""
    blocking: bool = True
    fingerprint: str = ""
    """Which finding of which stack this is (upgrade.gate.waivers); empty until it is recorded."""


@dataclass(frozen=True, slots=True)
class CheckInfo:
    """A check's metadata."""

    id: str
    """Slug, as in the catalogue; never changes."""
    title: str
    """The good condition, as a sentence without full stop."""
    severity: Severity
    phase: Phase
    why: str
    remedy: str
    requirement: str
    """What it serves, in words: the texts of its requirements, or what a check of the user's own says."""
    references: tuple[str, ...]
    guards_plan: bool
    """Whether a change set makes no sense while this check does not hold."""
    compares_baseline: bool
    """Whether a postflight check also judges the state after a rollback."""
    file: str
    """Path inside the checkout; of a file elsewhere the whole path."""
    when: When = When.PLAN
    repeats: str = ""
    """Id of the check that asked the same before the upgrade: a waiver of what that one found covers it here, too."""
    max_age_minutes: float = MAX_AGE_MINUTES[When.PLAN]
    """How old the facts may be that it judges."""
    requirements: tuple[str, ...] = ()
    """Ids of the requirements that it serves (checks/requirements.toml)."""


class CatalogueError(PlimsollError):
    """The checks on disk can't be trusted to be the catalogue: a mistake in a check file."""


class Verdictless(Exception):  # noqa: N818  # control flow towards the plugin
    """How a check says something other than PASS; only the plugin catches it."""

    def __init__(self, outcome: Outcome, findings: Sequence[Finding] = (), detail: str = "") -> None:
        super().__init__(detail or "; ".join(finding.found for finding in findings))
        self.outcome = outcome
        self.findings = tuple(findings)
        self.detail = detail


def fail(findings: Sequence[Finding], warnings: Sequence[Finding] = (), remark: str = "") -> None:
    """End the check as FAIL if there are findings, else as WARN if there are warnings, else go on."""
    if findings:
        told = (*findings, *(replace(finding, blocking=False) for finding in warnings))
        raise Verdictless(Outcome.FAIL, told, remark)
    warn(warnings, remark)


def warn(findings: Sequence[Finding], remark: str = "") -> None:
    """End the check as WARN if there are findings, else go on; the remark is told beside them."""
    if findings:
        raise Verdictless(Outcome.WARN, tuple(replace(finding, blocking=False) for finding in findings), remark)


def cannot_tell(findings: Sequence[Finding]) -> None:
    """End the check as ERROR if there are findings, else go on: it names all that could not be read, not just the first."""
    if findings:
        raise Verdictless(Outcome.ERROR, findings)


def tell(remark: str) -> NoReturn:
    """End the check as PASS, with something worth knowing."""
    raise Verdictless(Outcome.PASS, detail=remark)


def not_applicable(fact: str) -> NoReturn:
    """End the check: it has nothing to judge, and this fact proves it."""
    raise Verdictless(Outcome.NOT_APPLICABLE, detail=fact)


def check(
    *,
    id: str,  # noqa: A002  # the catalogue's own word
    title: str,
    severity: Severity,
    why: str,
    remedy: str,
    requirements: tuple[str, ...] = (),
    requirement: str = "",
    references: tuple[str, ...] = (),
    when: When = When.PLAN,
    guards_plan: bool = False,
    compares_baseline: bool = False,
    repeats: str = "",
    max_age_minutes: float | None = None,
) -> Callable[[F], F]:
    """Declare a check. The file, the function and the id carry the same name.

    The facts it judges may be an hour old, those of the moment of execution 15 minutes, unless `max_age_minutes` says
    otherwise. It serves `requirements`, by their ids, or what a check of the user's own calls its `requirement`.

    Raises:
        CatalogueError: they do not, a text is missing, or there is no such requirement.
    """

    def declare(function: F) -> F:
        file = Path(inspect.getfile(function)).resolve()
        slug = "check_" + id.replace("-", "_")
        if not slug == function.__name__ == file.stem:
            raise CatalogueError(f"{file.name}: function {function.__name__} declares id {id!r}; all three must agree")
        if not (title and why and remedy):
            raise CatalogueError(f"{file.name}: title, why and remedy must say something")
        try:
            texts = [each.text for each in chosen(requirements)]
        except RequirementsError as error:
            raise CatalogueError(f"{file.name}: {error}") from None
        info = CheckInfo(
            id=id,
            title=title,
            severity=severity,
            phase=_phase(file, function),
            why=why,
            remedy=remedy,
            requirement="; ".join(filter(None, [*texts, requirement])),
            references=references,
            guards_plan=guards_plan,
            compares_baseline=compares_baseline,
            file=path_of(file),
            when=when,
            repeats=repeats,
            max_age_minutes=MAX_AGE_MINUTES[when] if max_age_minutes is None else max_age_minutes,
            requirements=requirements,
        )
        function.__check__ = info  # type: ignore[attr-defined]  # read back by info_of
        return function

    return declare


def info_of(function: Any) -> CheckInfo | None:
    """The metadata of a check function; None for any other."""
    info = getattr(function, "__check__", None)
    return info if isinstance(info, CheckInfo) else None


def catalogue(root: Path = CHECKS) -> tuple[CheckInfo, ...]:
    """All checks on disk, in running order, whatever pytest was told to collect.

    Raises:
        CatalogueError: a file can't be imported, holds no check, or an id stands twice; or there is no check at all.
    """
    infos = [_load(path, root) for path in sorted(root.glob("*/check_*.py"))]
    if not infos:
        raise CatalogueError(f"no check found under {root}")
    ids = [info.id for info in infos]
    if twice := {id_ for id_ in ids if ids.count(id_) > 1}:
        raise CatalogueError(f"check ids used twice: {', '.join(sorted(twice))}")
    return tuple(sorted(infos, key=running_order))


def running_order(info: CheckInfo) -> tuple[int, bool, str]:
    """Sort key: by phase; within a phase what guards the plan first, then by id."""
    return list(Phase).index(info.phase), not info.guards_plan, info.id


def _load(path: Path, root: Path) -> CheckInfo:
    name = f"{root.name}.{path.parent.name}.{path.stem}"
    try:
        module = importlib.import_module(name)
    except Exception as error:
        raise CatalogueError(f"{path.name} can't be imported: {type(error).__name__}: {error}") from error
    info = info_of(getattr(module, path.stem, None))
    if info is None:
        raise CatalogueError(f"{path.name} holds no function {path.stem} with @check")
    return info


def path_of(file: Path) -> str:
    """Path inside the checkout; the whole path of a file elsewhere, which is none of ours."""
    checkout = CHECKS.parent
    return file.relative_to(checkout).as_posix() if file.is_relative_to(checkout) else str(file)


def _phase(file: Path, function: Callable[..., None]) -> Phase:
    """Of our own checks the folder says it; of a user's, what they ask for."""
    asked = inspect.signature(function).parameters.keys()
    folder = file.parent.name if file.is_relative_to(CHECKS) else ""
    if folder == Phase.UPGRADE:
        return Phase.UPGRADE
    if folder == Phase.RECOVERY:
        return Phase.RECOVERY if "execute" in asked else Phase.RECOVERED if "after" in asked else Phase.STUCK
    if folder == Phase.POSTFLIGHT or (not folder and asked & {"after", "upgrade"}):
        return Phase.POSTFLIGHT
    return Phase.PLAN if "plan" in asked else Phase.FACTS
