"""The composition root: from the command line to a run that is ready to read its first fact.

What can be refused without AWS is refused here: exit 4, nothing called.
"""

import json
import os
import shlex
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from reports import baseline as baselines
from reports import github, rehearsals
from reports.archive import RECEIPT
from reports.earlier import Earlier
from reports.folder import Folder, Written
from reports.latest import ROOM, safe_name
from reports.record import Record
from reports.redact import Secrets
from reports.seal.signer import KeyFile, Signer
from reports.terminal import lines
from reports.text import one_line
from upgrade.aws.session import SANDBOX
from upgrade.catalogue import CheckInfo, Phase, Severity, catalogue, path_of
from upgrade.config.entry import StackEntry
from upgrade.config.errors import refuse
from upgrade.config.stacks import DEMO, Stacks, file_for, load
from upgrade.errors import UsageError
from upgrade.facts.review import Rehearsal
from upgrade.gate import manifest
from upgrade.gate.console import Console
from upgrade.gate.evidence import Evidence, Published
from upgrade.gate.gatekeeper import Gatekeeper
from upgrade.gate.mode import COURSES, UNFINISHED, Mode, wants
from upgrade.gate.options import CHECKOUT, Options
from upgrade.gate.order import Order
from upgrade.gate.recovering import Recovering
from upgrade.gate.results import configured
from upgrade.gate.signals import PATIENCE, leave
from upgrade.gate.stages import Stages
from upgrade.gate.waivers import NEVER_WAIVED
from upgrade.rules import acknowledgements
from upgrade.run import lock
from upgrade.run.lock import Lock
from upgrade.run.recovery import Recovery
from upgrade.run.session import Run
from upgrade.run.wish import Wish

if TYPE_CHECKING:
    import pytest


ABANDONED = timedelta(hours=1)
"""A bundle that has been written for longer is not being written any more."""

WORKSPACES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE", "CODEBUILD_SRC_DIR")
"""Where CI services tell a job's checkout, which is gone with the job."""


def open_run(wish: Options, run_id: str, config: "pytest.Config") -> Gatekeeper:
    """Everything a run needs.

    Raises:
        UsageError: the configuration, the machine or the evidence folder does not allow a run.
    """
    stacks = load(file_for(wish.stack, wish.stacks_file))
    entry = stacks.entry(wish.stack)
    checks = _catalogue()
    own = tuple(_unread(file, wish.mode) for file in wish.own_checks)
    _check_names(entry, [*checks, *own], stacks)
    _check_acknowledged(wish, entry, stacks)
    _check_approvals(wish, entry, stacks)
    _check_cancelling(wish, entry, stacks)
    console = Console(config)

    folder = Folder(wish.evidence)
    earlier = Earlier(folder, entry.name)
    run = (Recovery if wish.mode is Mode.RECOVER else Run)(
        stacks,
        wish.stack,
        _wish(wish, run_id, _rehearsals(wish, entry, stacks)),
        progress=console.progress,
        cleaner=_cleaner,
        earlier=earlier,
    )
    console.clean = run.clean
    run.aws.guard.install()
    folder.sweep(run.started - ABANDONED)
    folder.archive, folder.signer = run.archive(), _signer(run, stacks)
    run.journal.store = folder.chain(entry.name, run_id)
    executes = COURSES[wish.mode].executes
    if executes:
        _reserve(folder)
    held, held_by, unlocked = _lock(run) if executes else (None, "", "")
    notes = [unlocked, *_archived(run, folder, stacks, executes=executes and not held_by)]
    if executes and folder.archive is None:
        notes.append(_lost_with_the_job(wish.evidence))

    def publish(evidence: Evidence) -> Published:
        written = folder.write(evidence, run.secrets())
        if evidence.decision.stopped_by is not None:
            leave(evidence.decision.exit_code, PATIENCE)  # what is on the disk is whole, and the archive may hang
        sealed, written = written, folder.send(written)
        sent = written is sealed
        if evidence.decision.verdict not in UNFINISHED and sent and written.bundle.is_relative_to(folder.root):
            run.journal.conclude(evidence.decision.verdict)
            folder.release(evidence.entry, evidence.journal)
        paths = {name: str(path) for name, path in written.paths().items()}
        if folder.archive is not None and sent:
            paths["archive"] = f"{folder.archive.address}/{written.bundle.name}/"
            paths["receipt"] = str(written.bundle.with_name(f"{written.bundle.name}{RECEIPT}"))
        own = config.getoption("xmlpath", None)
        copied = _copied(written.junit, own) if own else []
        lost = [run.journal.failed] if run.journal.failed else []
        told = (
            lines(written.record, paths)
            + lost
            + copied
            + _not_complete(written, folder.root, stacks, run.clean)
            + _for_github(written.record, paths)
        )
        return Published(told, written.problems)

    required = tuple(configured(info, entry.checks) for info in (*_wanted(checks, wish.mode), *own))
    stages = (
        Recovering(run, console, takes_up=True)
        if isinstance(run, Recovery)
        else Stages(run, console, takes_up=executes)
    )
    return Gatekeeper(
        order=Order(run, wish.mode, stages, required, earlier.judged, held_by),
        own=frozenset(info.file for info in own),
        console=console,
        publish=publish,
        command=wish.command,
        plugins=_plugins(config),
        manifest=manifest.text(checks),
        keep=lambda evidence: folder.keep(evidence, run.secrets()),
        notes=tuple(filter(None, notes)),
        lock=held,
    )


def _plugins(config: "pytest.Config") -> tuple[str, ...]:
    """Plugins of pytest that come from packages, with the packages' versions."""
    return tuple(
        sorted({f"{dist.project_name} {dist.version}" for _, dist in config.pluginmanager.list_plugin_distinfo()})
    )


def _cleaner(secrets: Iterable[str]) -> Callable[[str], str]:
    net = _net(frozenset(secrets))
    return lambda text: net.clean(text)[0]


@lru_cache(maxsize=1)  # every line of the terminal asks for it, and few bring a new secret
def _net(secrets: frozenset[str]) -> Secrets:
    return Secrets(secrets)


def _lost_with_the_job(evidence: Path) -> str:
    """What to say if the evidence of this run is gone when its CI job is; empty if it is not."""
    workspaces = [Path(os.environ[name]).resolve() for name in WORKSPACES if os.environ.get(name)]
    if not any(evidence.resolve().is_relative_to(workspace) for workspace in workspaces):
        return ""
    return (
        f"{evidence} lies in the checkout of this CI job: if the job is killed its journal and baseline may be lost with "
        "it, and whoever takes the upgrade up can't compare with how things were. Name a folder that stays "
        "(--evidence=DIR), or an archive (evidence.archive)"
    )


def _archived(run: Run, folder: Folder, stacks: Stacks, *, executes: bool) -> list[str]:
    """Make sure that the archive takes what this run leaves, and bring here what this run needs of other machines' runs.

    Raises:
        UsageError: it can't be used.
    """
    if folder.archive is None:
        return []
    entry, begun = run.entry.name, {"run": run.run_id, "at": run.started.isoformat()}
    if unlocked := folder.archive.unlocked():
        raise UsageError(refuse(stacks.file, f"stacks.{entry}.evidence.retain_days", unlocked))
    try:
        folder.archive.put(f".begun/{safe_name(entry)}/{run.run_id}.json", json.dumps(begun).encode())
        if run.wish.verify and run.wish.baseline is None:
            folder.fetch_evidence(entry, lambda bundle: baselines.is_of(bundle, entry, run.entry.account_id))
        return folder.fetch(entry) if executes else []
    except OSError as error:
        what = f"{error}: mend that, or leave the key out to keep evidence on this machine only"
        raise UsageError(refuse(stacks.file, f"stacks.{entry}.evidence.archive", what)) from None


def _signer(run: Run, stacks: Stacks) -> Signer | None:
    """What seals the evidence; None if nothing is configured.

    Raises:
        UsageError: the key file can't be used.
    """
    if run.entry.evidence.signing_key is None:
        return run.signer()
    try:
        return KeyFile(stacks.file.parent / run.entry.evidence.signing_key)
    except UsageError as error:
        raise UsageError(refuse(stacks.file, f"stacks.{run.entry.name}.evidence.signing_key", str(error))) from None


def _reserve(folder: Folder) -> None:
    """Hold room for the evidence before anything is executed.

    Raises:
        UsageError: there is none.
    """
    try:
        folder.reserve()
    except OSError as error:
        raise UsageError(
            f"the evidence folder {folder.root} has no room for {ROOM // 2**20} MiB ({error.strerror}), and an upgrade "
            "leaves evidence even on a disk that fills up: make room, or choose another with --evidence=DIR"
        ) from None


def _lock(run: Run) -> tuple[Lock | None, str, str]:
    """The lock of the stack, or who has it, or why there can be none."""
    entry = run.entry
    stack = (run.aws.endpoint or "", entry.account_id, entry.region, entry.stack_name)
    try:
        return lock.take(stack, run.run_id, run.started), "", ""
    except lock.Held as error:
        return None, str(error), ""
    except OSError as error:
        return None, "", f"a second upgrade of this stack from this machine would not be noticed: {error}"


def _not_complete(written: Written, root: Path, stacks: Stacks, clean: Callable[[str], str]) -> list[str]:
    """What to say where the evidence is not complete; the verdict is none the worse for it."""
    if not written.problems:
        return []
    told = [f"EVIDENCE NOT COMPLETE  {one_line(clean(problem))}" for problem in written.problems]
    command = ["python", "-m", "reports", "seal", str(written.bundle)]
    if not written.bundle.is_relative_to(root):
        command.append(f"--evidence={root}")
    if written.record.subject.entry != DEMO and stacks.file != CHECKOUT / "stacks.toml":
        command.append(f"--stacks-file={stacks.file}")
    return [*told, f"  Do this: mend that, then {shlex.join(command)}"]


def _copied(junit: Path, own: str) -> list[str]:
    """Put ours in the place of what pytest makes of a gate, which has neither what never ran nor what was found."""
    try:
        shutil.copyfile(junit, own)
    except OSError as error:
        return [f"{own} could not be written ({error.strerror}); the same stands in {junit}"]
    return []


def _for_github(record: Record, paths: Mapping[str, str]) -> list[str]:
    """Annotations for the log; the step summary is written where GitHub wants it."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return []
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        with suppress(OSError), Path(file).open("a", encoding="utf-8") as summary:
            summary.write(github.summary(record, paths))
    return github.annotations(record)


def _catalogue() -> tuple[CheckInfo, ...]:
    checks = catalogue()
    manifest.compare(manifest.read(), checks)
    return checks


def _wanted(checks: Iterable[CheckInfo], mode: Mode) -> tuple[CheckInfo, ...]:
    return tuple(info for info in checks if wants(mode, info.id, info.phase))


def _unread(file: Path, mode: Mode) -> CheckInfo:
    """A check of the user's own, of which only the file is known until it is collected: required whatever comes."""
    return CheckInfo(
        id=file.stem.removeprefix("check_").replace("_", "-"),
        title=f"{file.name} is a check that can be run",
        severity=Severity.BLOCKER,
        phase=Phase.FACTS if Phase.FACTS in COURSES[mode].phases else Phase.POSTFLIGHT,
        why="It was named on the command line, so it has to run.",
        remedy="Read pytest's own message about this file and mend it.",
        requirement="",
        references=(),
        guards_plan=False,
        compares_baseline=False,
        file=path_of(file),
    )


def _check_names(entry: StackEntry, checks: Iterable[CheckInfo], stacks: Stacks) -> None:
    """Every check that the configuration names must exist, and no id may stand for two checks."""
    ids = [info.id for info in checks]
    if twice := next((id_ for id_ in ids if ids.count(id_) > 1), None):
        raise UsageError(f"there are two checks {twice}: give yours another name")
    named = [(f"waivers.{number}.check", waiver.check) for number, waiver in enumerate(entry.waivers)]
    named += [(f"checks.report_only.{number}", id_) for number, id_ in enumerate(entry.checks.report_only)]
    named += [(f"checks.thresholds.{id_}", id_) for id_ in entry.checks.thresholds]
    named += [(f"checks.max_age_minutes.{id_}", id_) for id_ in entry.checks.max_age_minutes]
    for key, id_ in named:
        where = f"stacks.{entry.name}.{key}"
        if id_ not in ids:
            raise UsageError(refuse(stacks.file, where, f"found {id_!r}, which is no check", among=ids, meant=id_))
        if id_ in NEVER_WAIVED:
            raise UsageError(refuse(stacks.file, where, f"{id_} can be neither waived nor lowered: remove it"))


def _check_acknowledged(wish: Options, entry: StackEntry, stacks: Stacks) -> None:
    skips = {acknowledgements.SKIP + id_ for id_ in wish.skips}
    for id_ in wish.acknowledged:
        if id_ not in acknowledgements.KNOWN.keys() | skips:
            known = ", ".join(sorted(acknowledgements.KNOWN.keys() | skips))
            raise UsageError(f"--acknowledge={id_}: nothing of this name can be acknowledged; there are: {known}")
    for id_ in entry.acknowledge:
        if id_ not in acknowledgements.KNOWN:
            where = f"stacks.{entry.name}.acknowledge.{id_}"
            what = "nothing of this name can be acknowledged"
            raise UsageError(refuse(stacks.file, where, what, among=acknowledgements.KNOWN))


def _check_approvals(wish: Options, entry: StackEntry, stacks: Stacks) -> None:
    """Where approvals are asked for, only what was approved is executed."""
    if wish.mode is Mode.UPGRADE and entry.change.require_approvals and wish.plan is None:
        where = f"stacks.{entry.name}.change.require_approvals"
        what = (
            f"{entry.change.require_approvals} must approve the plan before it is executed: plan with --ahead, have it "
            "approved, then run --upgrade --plan=PATH --approval=FILE"
        )
        raise UsageError(refuse(stacks.file, where, what))


def _check_cancelling(wish: Options, entry: StackEntry, stacks: Stacks) -> None:
    """Who runs the upgrade can't decide alone that it may be cancelled."""
    if wish.cancel_on_timeout and not entry.may_cancel:
        where = f"stacks.{entry.name}.may_cancel"
        raise UsageError(
            refuse(stacks.file, where, "--cancel-on-timeout needs may_cancel = true: leave the option out")
        )


def _rehearsals(wish: Options, entry: StackEntry, stacks: Stacks) -> tuple[Rehearsal, ...]:
    """Upgrades of the stack on which this one has to be rehearsed."""
    if entry.change.rehearsed_on is None:
        return ()
    other = stacks.entry(entry.change.rehearsed_on)
    return rehearsals.read(wish.evidence, other.name, other.account_id, sandbox=bool(os.environ.get(SANDBOX)))


def _wish(options: Options, run_id: str, rehearsed: tuple[Rehearsal, ...]) -> Wish:
    return Wish(
        to=options.to,
        minutes=options.minutes,
        plan=options.plan,
        approvals=options.approvals,
        change_id=options.change_id,
        acknowledged=options.acknowledged,
        cancel_on_timeout=options.cancel_on_timeout,
        skips=options.skips,
        run_id=run_id,
        verify=options.mode is Mode.VERIFY,
        baseline=baselines.read(options.baseline) if options.baseline else None,
        rehearsals=rehearsed,
    )
