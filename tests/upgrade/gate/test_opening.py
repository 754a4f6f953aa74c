"""What the configuration and the command line name must exist, before anything is called."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from reports.folder import Folder
from tests.builders import NOW, entry, snapshot
from tests.reports import builders
from tests.reports.archives import Shelf
from tests.reports.builders import check, made
from tests.upgrade.gate.recorded import RecordedRun, SilentConsole
from upgrade.catalogue import Phase
from upgrade.config.entry import StackEntry
from upgrade.config.stacks import Stacks
from upgrade.errors import UsageError
from upgrade.facts.baseline import Baseline
from upgrade.facts.journal import Act, Record
from upgrade.gate import opening
from upgrade.gate.mode import COURSES, Mode
from upgrade.gate.options import Options
from upgrade.gate.waivers import NEVER_WAIVED
from upgrade.run import lock
from upgrade.run.lock import Held, Lock
from upgrade.run.wish import Wish

CHECKS = [check("stack-is-at-rest"), check("drift-is-understood"), *(check(id_) for id_ in sorted(NEVER_WAIVED))]


def stacks(configured: StackEntry) -> Stacks:
    return Stacks(Path("stacks.toml"), {configured.name: configured})


def names(**changes: Any) -> None:
    configured = entry(**changes)
    opening._check_names(configured, CHECKS, stacks(configured))


def wish(mode: Mode = Mode.GATE, **changes: Any) -> Options:
    return Options("prod", mode, Path("stacks.toml"), Path("evidence"), **changes)


def waiver(id_: str) -> dict[str, Any]:
    expires = NOW.replace(year=2999)
    return {"check": id_, "finding": f"sha256:{'0' * 64}", "reason": "x", "approved_by": "Ada", "expires": expires}


def test_checks_that_exist_can_be_waived_and_lowered() -> None:
    configured = entry(waivers=[waiver("stack-is-at-rest")], checks={"report_only": ["drift-is-understood"]})
    opening._check_names(configured, CHECKS, stacks(configured))
    assert {each.check for each in configured.waivers} < {info.id for info in CHECKS}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"waivers": [waiver("stack-is-at-rest"), waiver("stack-is-at-rset")]}, "stacks.prod.waivers.1.check"),
        ({"checks": {"report_only": ["stack-is-at-rset"]}}, "stacks.prod.checks.report_only.0"),
        ({"checks": {"thresholds": {"stack-is-at-rset": 3}}}, "stacks.prod.checks.thresholds.stack-is-at-rset"),
        (
            {"checks": {"max_age_minutes": {"stack-is-at-rset": 3}}},
            "stacks.prod.checks.max_age_minutes.stack-is-at-rset",
        ),
    ],
    ids=["waived", "lowered", "threshold", "age"],
)
def test_a_check_that_is_none_is_told_with_the_key_and_the_one_that_was_meant(
    changes: dict[str, Any], key: str
) -> None:
    with pytest.raises(UsageError, match="stack-is-at-rest") as refused:
        names(**changes)
    assert key in str(refused.value)


@pytest.mark.parametrize("id_", sorted(NEVER_WAIVED))
@pytest.mark.parametrize("way", ["waived", "lowered"])
def test_what_the_rest_stands_on_is_neither_waived_nor_lowered(id_: str, way: str) -> None:
    changes = {"waivers": [waiver(id_)]} if way == "waived" else {"checks": {"report_only": [id_]}}
    with pytest.raises(UsageError, match=f"{id_} can be neither waived nor lowered"):
        names(**changes)


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="there are two checks stack-is-at-rest"):
        opening._check_names(entry(), [*CHECKS, check("stack-is-at-rest")], stacks(entry()))


@pytest.mark.parametrize("place", ["option", "configuration"])
def test_what_nobody_can_acknowledge_is_refused(place: str) -> None:
    stated = {"by": "Ada", "at": NOW, "from": "v1", "to": "v2"}
    configured = entry(acknowledge={"maintenence_mode": stated} if place == "configuration" else {})
    acknowledged = ("maintenence_mode",) if place == "option" else ()
    with pytest.raises(UsageError, match="maintenance_mode"):
        opening._check_acknowledged(wish(acknowledged=acknowledged), configured, stacks(configured))


def test_a_skip_of_this_run_can_be_acknowledged_and_no_other() -> None:
    asked = wish(Mode.RECOVER, skips=("A",), acknowledged=("skip:A",))
    opening._check_acknowledged(asked, entry(), stacks(entry()))
    for other in ("skip:B", "A"):
        with pytest.raises(UsageError, match="skip:A"):
            opening._check_acknowledged(replace(asked, acknowledged=(other,)), entry(), stacks(entry()))


def test_nothing_is_cancelled_that_the_configuration_does_not_allow() -> None:
    asked = wish(Mode.UPGRADE, cancel_on_timeout=True)
    opening._check_cancelling(asked, entry(may_cancel=True), stacks(entry()))
    with pytest.raises(UsageError, match="needs may_cancel = true"):
        opening._check_cancelling(asked, entry(), stacks(entry()))


@pytest.mark.parametrize("mode", list(Mode), ids=str)
def test_where_approvals_are_asked_for_only_a_reviewed_plan_is_executed(mode: Mode) -> None:
    configured = entry(change={"require_approvals": 1, "unsigned_approvals": True})
    opening._check_approvals(wish(mode, plan=Path("plan.json")), configured, stacks(configured))
    if mode is not Mode.UPGRADE:
        opening._check_approvals(wish(mode), configured, stacks(configured))
        return
    with pytest.raises(UsageError, match="--upgrade --plan=PATH --approval=FILE"):
        opening._check_approvals(wish(mode), configured, stacks(configured))


def test_a_rehearsal_on_a_stack_that_is_not_configured_is_refused() -> None:
    configured = entry(change={"rehearsed_on": "val"})
    with pytest.raises(UsageError, match=r"stacks\.val"):
        opening._rehearsals(wish(), configured, stacks(configured))


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.RECOVER], ids=str)
def test_an_own_check_that_is_not_read_yet_is_required_in_a_phase_of_the_mode(mode: Mode) -> None:
    info = opening._unread(Path("acme/check_our_thing.py"), mode)
    assert info.id == "our-thing"
    assert info.phase in COURSES[mode].phases
    assert info.phase in {Phase.FACTS, Phase.POSTFLIGHT}


# ---- GitHub ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "summary.md"
    file.write_text("of the step before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    return file


def test_on_github_annotations_are_told_and_the_summary_goes_on(summary: Path) -> None:
    told = opening._for_github(made(builders.no_go()), {"report": "x"})
    assert [line.partition(" ")[0] for line in told] == ["::error", "::warning", "::error"]
    assert summary.read_text().startswith("of the step before\n## NO\\_GO: codeocean\n")


@pytest.mark.parametrize("says", [None, "", "false"])
def test_elsewhere_nothing_is_told(summary: Path, monkeypatch: pytest.MonkeyPatch, says: str | None) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS") if says is None else monkeypatch.setenv("GITHUB_ACTIONS", says)
    assert opening._for_github(made(builders.no_go()), {}) == []
    assert summary.read_text() == "of the step before\n"


@pytest.mark.parametrize("place", [None, "", "/dev/null/x", "/"])
def test_a_summary_that_can_not_be_written_hinders_nothing(
    summary: Path, monkeypatch: pytest.MonkeyPatch, place: str | None
) -> None:
    assert summary.exists()
    monkeypatch.delenv("GITHUB_STEP_SUMMARY") if place is None else monkeypatch.setenv("GITHUB_STEP_SUMMARY", place)
    assert len(opening._for_github(made(builders.no_go()), {})) == 3


def test_a_copy_of_the_junit_file_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    junit, own = tmp_path / "junit.xml", tmp_path / "own.xml"
    junit.write_text("<testsuites/>")
    assert opening._copied(junit, str(own)) == []
    assert own.read_text() == "<testsuites/>"
    (told,) = opening._copied(junit, str(tmp_path / "nowhere" / "own.xml"))
    assert told.endswith(f"could not be written (No such file or directory); the same stands in {junit}")


# ---- the lock --------------------------------------------------------------------------------------------------------


@pytest.fixture
def console() -> SilentConsole:
    return SilentConsole()


def locked() -> tuple[Lock | None, str, str]:
    run = RecordedRun(aws=SimpleNamespace(endpoint=None))
    return opening._lock(cast("Any", run))


def test_who_upgrades_the_stack_from_this_machine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def take(*_: object) -> Lock:
        raise Held("run run-0 is upgrading this stack")

    monkeypatch.setattr(lock, "take", take)
    assert locked() == (None, "run run-0 is upgrading this stack", "")


def test_where_there_can_be_no_lock_that_is_told_and_hinders_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def take(*_: object) -> Lock:
        raise OSError("this system has no flock")

    monkeypatch.setattr(lock, "take", take)
    held, held_by, told = locked()
    assert (held, held_by) == (None, "")
    assert "this system has no flock" in told


@pytest.mark.parametrize("variable", opening.WORKSPACES)
def test_evidence_that_ends_with_its_ci_job_is_told(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in opening.WORKSPACES:
        monkeypatch.delenv(name, raising=False)
    inside, outside = tmp_path / "job/evidence", tmp_path / "evidence"
    assert opening._lost_with_the_job(inside) == ""
    monkeypatch.setenv(variable, str(tmp_path / "job"))
    assert str(inside) in opening._lost_with_the_job(inside)
    assert opening._lost_with_the_job(outside) == ""


def test_without_room_for_its_evidence_no_upgrade_begins(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere has no room for 16 MiB \(No such file or directory\)"):
        opening._reserve(Folder(tmp_path / "nowhere"))


# ---- the archive -----------------------------------------------------------------------------------------------------


def archived(folder: Folder, *, executes: bool = True, wish: Wish | None = None) -> list[str]:
    run = cast("Any", RecordedRun(wish=wish or Wish()))
    return opening._archived(run, folder, stacks(run.entry), executes=executes)


def test_without_an_archive_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert archived(Folder(tmp_path)) == []


@pytest.mark.parametrize("executes", [True, False])
def test_only_who_executes_asks_what_other_machines_have_left(tmp_path: Path, *, executes: bool) -> None:
    here, there, shelf = Folder(tmp_path / "here"), Folder(tmp_path / "there"), Shelf()
    here.archive = there.archive = shelf
    here.chain("prod", "run-0").append(Record(Act.INTENT, NOW, "run-0", "service:Call", {}))
    assert archived(there, executes=executes) == []
    assert len(there.chain("prod", "run-0").records()) == executes
    assert shelf.get(".begun/prod/run-1.json").startswith(b'{"run": "run-1"')


@pytest.mark.parametrize(
    ("wish", "found"),
    [(Wish(verify=True), True), (Wish(verify=True, baseline=Baseline("b", snapshot(), None)), False), (Wish(), False)],
    ids=["verify", "verify with a baseline", "gate"],
)
def test_who_verifies_gets_the_newest_evidence_of_other_machines(wish: Wish, found: bool, tmp_path: Path) -> None:
    here, there = Folder(tmp_path / "here"), Folder(tmp_path / "there")
    here.archive = there.archive = Shelf()
    written = here.send(here.write(builders.evidence()))
    archived(there, executes=False, wish=wish)
    assert (there.root / written.bundle.name).exists() == found


def test_an_archive_that_can_t_retain_what_is_to_be_retained_is_told_before_anything_is_put(tmp_path: Path) -> None:
    folder, shelf = Folder(tmp_path), Shelf()
    folder.archive, shelf.lacks_lock = shelf, "the bucket has no Object Lock"
    with pytest.raises(UsageError, match=r"stacks\.prod\.evidence\.retain_days: the bucket has no Object Lock"):
        archived(folder)
    assert not shelf.kept


def test_an_archive_that_cannot_be_used_is_told_with_its_key(tmp_path: Path) -> None:
    folder, shelf = Folder(tmp_path), Shelf()
    folder.archive, shelf.away = shelf, True
    with pytest.raises(UsageError, match=r"stacks\.toml: stacks\.prod\.evidence\.archive: .*unreachable"):
        archived(folder)


def test_what_is_not_complete_is_told_with_the_command_that_completes_it(tmp_path: Path) -> None:
    whole = Folder(tmp_path / "e").write(builders.evidence())
    lost = replace(whole, bundle=tmp_path / "elsewhere/b", problems=("hush: the disk is full\nreally",))
    configured, command = stacks(entry()), f"python -m reports seal {tmp_path}/elsewhere/b"

    assert opening._not_complete(whole, tmp_path / "e", configured, str) == []
    assert opening._not_complete(lost, tmp_path / "e", configured, lambda text: text.replace("hush", "****")) == [
        "EVIDENCE NOT COMPLETE  ****: the disk is full really",
        f"  Do this: mend that, then {command} --evidence={tmp_path}/e --stacks-file={configured.file}",
    ]
