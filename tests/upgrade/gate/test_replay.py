"""Today's checks say the same of what a run recorded, or it is told what they say now; what can't be judged again is said."""

import importlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checks.__main__ import main
from reports.baseline import record_in
from reports.folder import Folder
from tests import builders as facts
from tests.builders import known
from tests.reports import builders
from upgrade.catalogue import CheckInfo, Finding, Outcome, Phase, When, cannot_tell, catalogue, fail, info_of, tell
from upgrade.gate import replay as replaying
from upgrade.gate.mode import Mode
from upgrade.gate.replay import DIFFERENT, SAME, Said, judged, replay, told
from upgrade.rules.confidential import REDACTED
from upgrade.template.read import parse

INFOS = {info.id: info for info in catalogue()}
ACCOUNT, AT_REST, DEPLOY_ROLE = "account-is-the-expected-one", "stack-is-at-rest", "deploy-role-is-current"
START = next(info.id for info in INFOS.values() if info.when is When.START and info.phase is Phase.FACTS)
OLD = Path(__file__).parents[2] / "reports/records/plimsoll-record-1.json"
TEMPLATE = b"Resources: {Topic: {Type: AWS::SNS::Topic}}\n"


@pytest.fixture
def stacks_file(tmp_path: Path) -> Path:
    path = tmp_path / "stacks.toml"
    path.write_text(
        '[stacks.prod]\nproduct = "codeocean"\nstack_name = "codeocean"\nregion = "us-east-1"\n'
        'account_id = "111122223333"\ntarget = "v4.1.0"\n'
    )
    return path


@pytest.fixture
def bundle(tmp_path: Path) -> Callable[..., Path]:
    """Writes the evidence of a gate, all of whose checks passed."""

    def write(*ids: str, **changes: Any) -> Path:
        template = known(parse(TEMPLATE, "stack codeocean"))
        passed = tuple(builders.entry(id_, INFOS[id_].phase if id_ in INFOS else Phase.FACTS) for id_ in ids)
        gate: dict[str, Any] = {
            "mode": Mode.GATE,
            "operation": None,
            "after": None,
            "entries": passed,
            "before": facts.snapshot(template=template, target=template),
        }
        (tmp_path / "evidence").mkdir()
        return Folder(tmp_path / "evidence").write(builders.evidence(**gate | changes)).bundle

    return write


def said(bundle: Path, *ids: str) -> dict[str, Said]:
    """What today's checks of these ids say, as if there were no others."""
    record = record_in(bundle)
    assert record is not None
    return {each.id: each for each in judged(record, bundle, facts.entry(), [INFOS[id_] for id_ in ids])}


def changed(monkeypatch: pytest.MonkeyPatch, id_: str, code: Callable[..., None]) -> None:
    """Give a check another code."""
    info = INFOS[id_]
    name = Path(info.file).stem
    monkeypatch.setattr(code, "__check__", info, raising=False)
    monkeypatch.setattr(importlib.import_module(info.file.removesuffix(".py").replace("/", ".")), name, code)


# ---- judged again ----------------------------------------------------------------------------------------------------


def test_what_has_not_changed_says_the_same(bundle: Callable[..., Path]) -> None:
    found = said(bundle(ACCOUNT, AT_REST), ACCOUNT, AT_REST)
    assert [(each.now and each.now.outcome, each.differs) for each in found.values()] == [(Outcome.PASS, False)] * 2
    assert told(found.values()).startswith("SAME  2 checks replayed")


def test_a_check_whose_code_has_changed_is_told(bundle: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def stricter(before: Any) -> None:
        fail([Finding(f"{before.stack.value.name} is \x1b[31mred", "green", "Paint it.")])

    changed(monkeypatch, AT_REST, stricter)
    text = told(said(bundle(ACCOUNT, AT_REST), ACCOUNT, AT_REST).values())
    assert text.splitlines() == [
        "DIFFERENT  1 of 2 checks now say something else",
        f"  {AT_REST}  then pass, now fail",
        r"    now: codeocean is \x1b[31mred",
    ]


@pytest.mark.parametrize("error", [AssertionError("no"), ValueError("no"), SystemExit(0)], ids=repr)
def test_whatever_a_check_raises_is_a_result(
    bundle: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def broken() -> None:
        raise error

    changed(monkeypatch, AT_REST, broken)
    assert said(bundle(AT_REST), AT_REST)[AT_REST].differs


def test_a_value_that_is_returned_is_an_error(bundle: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, AT_REST, lambda: True)  # type: ignore[arg-type]  # the mistake
    now = said(bundle(AT_REST), AT_REST)[AT_REST].now
    assert now is not None
    assert now.outcome is Outcome.ERROR


def test_a_finding_is_the_same_by_its_fingerprint_or_by_what_was_found(
    bundle: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = builders.finding(fingerprint="sha256:of-that-day")
    then = builders.entry(AT_REST, outcome=Outcome.FAIL, findings=(found,))
    path = bundle(entries=(then,))

    changed(monkeypatch, AT_REST, lambda: fail([found]))
    assert not said(path, AT_REST)[AT_REST].differs
    changed(monkeypatch, AT_REST, lambda: fail([replace(found, found="it has 70 GiB")]))
    text = told(said(path, AT_REST).values())
    assert "then fail, now fail\n    now: it has 70 GiB\n    no longer: the database has 60 GiB" in text


def test_a_deferred_check_is_compared_by_what_it_would_say(
    bundle: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    then = builders.entry(START, outcome=Outcome.DEFERRED, detail="judged at the start; now: pass")
    path = bundle(mode=Mode.AHEAD, entries=(then,))
    changed(monkeypatch, START, lambda: tell("a remark is no difference"))
    assert not said(path, START)[START].differs
    changed(monkeypatch, START, lambda: cannot_tell([builders.finding()]))
    assert f"{START}  then deferred (pass), now deferred (error)" in told(said(path, START).values())


# ---- not judged again ------------------------------------------------------------------------------------------------


def test_what_the_record_does_not_hold_is_no_difference(bundle: Callable[..., Path]) -> None:
    before = facts.snapshot(deploy_role=known(facts.deploy_role()))
    found = said(bundle(DEPLOY_ROLE, before=before), DEPLOY_ROLE)[DEPLOY_ROLE]
    assert (found.now, found.differs) == (None, False)
    assert "before.deploy_role" in found.why_not


def test_a_template_that_is_no_longer_in_the_folder_is_no_difference(bundle: Callable[..., Path]) -> None:
    path, id_ = bundle("template-is-the-target"), "template-is-the-target"
    for file in (path / "data/spec").glob("template.*"):
        file.unlink()
    assert said(path, id_)[id_].why_not == "the record does not hold before.target"


@pytest.mark.parametrize("held", ["neither", "plan"])
def test_what_macros_made_is_kept_nowhere(bundle: Callable[..., Path], held: str) -> None:
    macros = known(parse(b"Transform: Ours\n" + TEMPLATE, "stack codeocean"))
    before = facts.snapshot(template=macros, target=macros, processed=known(facts.template("v4.0.0")))
    template = macros if held == "plan" else known(facts.template("v4.2.0"))
    made = facts.plan(facts.change("Topic"), template=template, processed=known(facts.template("v4.1.0")))
    ids = ("stateful-ids-are-kept", "plan-is-explained", ACCOUNT)
    found = said(bundle(*ids, before=before, plan=known(made)), *ids)
    assert [bool(found[id_].why_not) for id_ in ids] == [True, True, False]


def test_what_did_not_run_or_executes_is_not_judged_again(bundle: Callable[..., Path]) -> None:
    blocked = builders.entry(AT_REST, outcome=Outcome.BLOCKED)
    path = bundle(mode=Mode.UPGRADE, entries=(blocked, builders.entry("upgrade", Phase.UPGRADE)))
    after = "version-is-the-target"
    found = said(path, AT_REST, "upgrade", after, "update-is-complete")
    assert {id_: each.why_not for id_, each in found.items()} == {
        AT_REST: "the run did not come to it",
        "upgrade": "it executes",
        after: "the run did not come to it",
        "update-is-complete": "the record holds no operation",
    }


def test_what_the_record_hides_can_not_be_compared(bundle: Callable[..., Path]) -> None:
    hidden = builders.finding(found=f"the value is {REDACTED}")
    found = said(bundle(entries=(builders.entry(AT_REST, outcome=Outcome.FAIL, findings=(hidden,)),)), AT_REST)
    assert found[AT_REST].why_not == "the record hides a part of what it found"


def test_a_check_that_asks_for_what_no_record_has(bundle: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = bundle(AT_REST)
    for name, why in {"read": "user's own", "tmp_path": "none of Plimsoll's"}.items():
        scope: dict[str, Any] = {}
        exec(f"def code({name}): pass", scope)  # noqa: S102  # a signature of any name
        changed(monkeypatch, AT_REST, scope["code"])
        assert why in said(path, AT_REST)[AT_REST].why_not


# ---- new and gone ----------------------------------------------------------------------------------------------------


def test_a_check_that_the_run_did_not_have_is_told_as_new(bundle: Callable[..., Path]) -> None:
    found = said(bundle(ACCOUNT), ACCOUNT, AT_REST)
    assert not found[AT_REST].differs
    assert f"  {AT_REST}  new: the run did not have it; now pass\n" in told(found.values())


def test_a_check_that_is_no_more_is_told_as_gone(bundle: Callable[..., Path]) -> None:
    found = said(bundle(ACCOUNT, "moon-is-full"), ACCOUNT)
    assert not found["moon-is-full"].differs
    assert "  moon-is-full  gone: there is no such check any more\n" in told(found.values())


def test_a_check_of_the_users_own_is_not_gone(bundle: Callable[..., Path]) -> None:
    own = builders.entry("ours")
    path = bundle(entries=(replace(own, check=replace(own.check, file="/srv/own/check_ours.py")),))
    assert "user's own" in said(path)["ours"].why_not


# ---- the command -----------------------------------------------------------------------------------------------------


def test_the_command_answers_with_its_exit_code(
    bundle: Callable[..., Path], stacks_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bundle(ACCOUNT, AT_REST)
    assert main(["replay", str(path), f"--stacks-file={stacks_file}"]) == SAME
    assert capsys.readouterr().out.startswith("SAME  2 checks replayed")
    changed(monkeypatch, AT_REST, lambda: fail([builders.finding()]))
    assert main(["replay", str(path), f"--stacks-file={stacks_file}"]) == DIFFERENT
    assert capsys.readouterr().out.startswith("DIFFERENT  1 of 2 checks")


def test_todays_waivers_and_severities_count(
    bundle: Callable[..., Path], stacks_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stacks_file.open("a") as file:
        file.write(f'[stacks.prod.checks]\nreport_only = ["{AT_REST}"]\n')
    changed(monkeypatch, AT_REST, lambda: fail([builders.finding()]))
    assert f"{AT_REST}  then pass, now warn" in replay(bundle(AT_REST), stacks_file)[1]


def test_a_record_of_the_first_format_is_replayed(tmp_path: Path, stacks_file: Path) -> None:
    (tmp_path / "old/data").mkdir(parents=True)
    shutil.copy(OLD, tmp_path / "old/data/record.json")
    code, text = replay(tmp_path / "old", stacks_file)
    assert code in {SAME, DIFFERENT}
    assert "can't be replayed, the record does not hold before.target" in text
    assert "new: the run did not have it" in text


@pytest.mark.parametrize("wrong", ["nothing", "no-entry", "no-file", "no-bundle", "unknown-option"])
def test_what_can_not_be_replayed_at_all_is_usage(
    bundle: Callable[..., Path], stacks_file: Path, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bundle(ACCOUNT)
    if wrong == "no-entry":
        stacks_file.write_text(stacks_file.read_text().replace("prod", "test"))
    arguments = {
        "nothing": ["replay"],
        "no-file": ["replay", str(path), "--stacks-file=/no/such/file"],
        "no-bundle": ["replay", str(path.parent), f"--stacks-file={stacks_file}"],
        "unknown-option": ["replay", str(path), "--key=x"],
    }.get(wrong, ["replay", str(path), f"--stacks-file={stacks_file}"])
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 4
    assert "Traceback" not in capsys.readouterr().err


def test_every_check_of_the_catalogue_can_be_found_by_its_file() -> None:
    infos: list[CheckInfo] = list(INFOS.values())
    assert [info_of(replaying.function_of(info)) for info in infos] == infos
