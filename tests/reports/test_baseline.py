"""What an earlier run has read is read back as it was; what it could not read stays unknown; what is no baseline is refused."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reports import baseline
from reports.folder import Folder
from reports.views import DEPLOYED, TARGET
from tests import builders as facts
from tests.builders import ACCOUNT, NOW, known, unknown
from tests.reports import builders
from tests.reports.builders import made
from upgrade.errors import UsageError
from upgrade.facts.changes import Unpredicted
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Mode
from upgrade.template.read import parse

JSON = "data/record.json"


def template(name: str) -> Known[Any]:
    return known(parse(f"Resources: {{{name}: {{Type: AWS::SNS::Topic}}}}  # ä\n".encode(), name))


def snapshot(**changes: Any) -> Snapshot:
    """A snapshot whose templates have a text."""
    return facts.snapshot(**{"template": template("Old"), "target": template("New"), **changes})


def gate(**changes: Any) -> Evidence:
    """A gate that said GO."""
    return builders.evidence(mode=Mode.GATE, operation=None, after=None, **{"before": snapshot(), **changes})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


def written(root: Path, evidence: Evidence) -> Path:
    root.mkdir(exist_ok=True)
    return Folder(root).write(evidence).bundle


def edited(bundle: Path, edit: Callable[[dict[str, Any]], None]) -> Path:
    """The bundle, its record changed."""
    document = json.loads((bundle / JSON).read_text())
    edit(document)
    (bundle / JSON).write_text(json.dumps(document))
    return bundle


# ---- what is read back -----------------------------------------------------------------------------------------------


def test_every_fact_is_read_back_as_it_was(root: Path) -> None:
    before = snapshot(workers=unknown(), service_role=known(None))
    found = baseline.read(written(root, gate(before=before))).snapshot
    for field in fields(Snapshot):
        if field.name in {"backup", "deploy_role", "nested_targets", "nested_templates", "prediction", "processed"}:
            continue
        assert getattr(found, field.name) == getattr(before, field.name), field.name


def test_what_hangs_on_other_stacks_or_templates_is_no_baseline(root: Path) -> None:
    linked = snapshot(backup=known(facts.linked()), deploy_role=known(facts.deploy_role()))
    found = baseline.read(written(root, gate(before=linked))).snapshot
    assert {type(found.backup), type(found.deploy_role)} == {Unknown}


@pytest.mark.parametrize("reason", sorted(set(Reason) - {Reason.NOT_ASKED}), ids=lambda reason: reason.name)
def test_what_could_not_be_read_stays_unknown_with_its_reason(root: Path, reason: Reason) -> None:
    lost = dict.fromkeys(("databases", "target_groups", "drift", "template", "target"), unknown(reason))
    found = baseline.read(written(root, gate(before=snapshot(**lost)))).snapshot
    assert [getattr(found, name) for name in lost] == [unknown(reason)] * len(lost)


def test_the_plan_is_read_back_without_its_templates(root: Path) -> None:
    plan = facts.plan(facts.change("DataVolume", facts.detail(), nested_change_set="arn:x", after_context="{}"))
    found = baseline.read(written(root, gate(plan=known(plan)))).plan
    assert isinstance(found, Known)
    assert replace(found.value, template=plan.template, processed=plan.processed) == plan
    assert isinstance(found.value.template, Unknown)
    assert found.value.template.reason is Reason.BLOCKED


def test_a_prediction_is_read_back_without_its_templates(root: Path) -> None:
    predicted = facts.prediction(facts.change("DataVolume"), unpredicted=(Unpredicted("Nested", "who knows"),))
    found = baseline.read(written(root, gate(before=snapshot(prediction=known(predicted))))).snapshot.prediction.value
    assert replace(found, template=predicted.template, processed=predicted.processed) == predicted


def test_a_plan_that_could_not_be_made_stays_unknown(root: Path) -> None:
    assert baseline.read(written(root, gate(plan=unknown(Reason.DENIED)))).plan == unknown(Reason.DENIED)


def test_a_run_that_made_no_plan_has_none(root: Path) -> None:
    assert baseline.read(written(root, gate(plan=None))).plan is None


def test_an_upgrade_is_a_baseline_of_what_was_before_it(root: Path) -> None:
    bundle = written(root, builders.evidence(before=snapshot()))
    found = baseline.read(bundle)
    assert found.snapshot.stack == known(facts.stack())
    assert found.bundle == str(bundle)


@pytest.mark.parametrize(("file", "fact"), [(DEPLOYED, "template"), (TARGET, "target")])
@pytest.mark.parametrize("content", [None, b"", b"\xff", b"[", b"<html>"], ids=repr)
def test_a_template_that_is_no_longer_there_or_none_is_unknown(
    root: Path, file: str, fact: str, content: bytes | None
) -> None:
    bundle = written(root, gate())
    (bundle / file).unlink() if content is None else (bundle / file).write_bytes(content)
    found = getattr(baseline.read(bundle).snapshot, fact)
    assert isinstance(found, Unknown)
    assert found.reason is Reason.MALFORMED
    assert str(bundle / file) in found.detail


def test_a_template_with_line_ends_of_another_system_is_read_as_it_was(root: Path) -> None:
    other = known(parse(b"Resources:\r\n  T:\r\n    Type: AWS::SNS::Topic\r\n", "x"))
    assert baseline.read(written(root, gate(before=snapshot(template=other)))).snapshot.template == other


@pytest.mark.parametrize("fact", ["template", "target", "drift", "databases", "workers"])
def test_what_was_not_asked_for_can_stand_in_a_record_again(root: Path, fact: str) -> None:
    def forget(document: dict[str, Any]) -> None:
        empty = {"at": None, "value": None, "reason": None, "call": ""}
        document["before"][fact] = {**empty, "state": "not asked", "detail": "nobody did"}

    found = baseline.read(edited(written(root, gate()), forget)).snapshot
    again = made(builders.evidence(mode=Mode.VERIFY, before=found))
    assert again.before.stack.value == facts.stack()


# ---- what is no baseline ---------------------------------------------------------------------------------------------


def _absent(bundle: Path) -> None:
    (bundle / JSON).unlink()


def _folder(bundle: Path) -> None:
    (bundle / JSON).unlink()
    (bundle / JSON).mkdir()


def _cut(bundle: Path) -> None:
    (bundle / JSON).write_text((bundle / JSON).read_text()[:1000])


def _binary(bundle: Path) -> None:
    (bundle / JSON).write_bytes(b"\xff\x00")


def _deep(bundle: Path) -> None:
    (bundle / JSON).write_text("[" * 100_000)


def _list(bundle: Path) -> None:
    (bundle / JSON).write_text("[]")


def _later(bundle: Path) -> None:
    edited(bundle, lambda document: document.update(format="plimsoll-record/3"))


def _more(bundle: Path) -> None:
    edited(bundle, lambda document: document.update(surprise=1))


def test_what_an_earlier_version_did_not_read_is_left_open(root: Path) -> None:
    def forget(document: dict[str, Any]) -> None:
        for key in ("change_set_id", "operations"):
            del document["before"]["stack"]["value"][key]

    bundle = edited(written(root, gate(before=snapshot(stack=known(facts.stack(change_set_id="arn"))))), forget)
    assert baseline.read(bundle).snapshot.stack == known(facts.stack())


def test_a_bundle_that_was_never_finished_is_none(root: Path) -> None:
    bundle = written(root, gate())
    bundle.rename(root / f".{bundle.name}.partial")
    assert baseline.newest(root, "prod", ACCOUNT) is None


BROKEN = [_absent, _folder, _cut, _binary, _deep, _list, _later, _more]


@pytest.mark.parametrize("spoil", BROKEN, ids=lambda spoil: spoil.__name__.strip("_"))
def test_what_is_no_record_is_refused_and_hides_no_other(root: Path, spoil: Callable[[Path], None]) -> None:
    good = written(root, gate(run_id="01937c3e-7a10-7000-8000-000000000001"))
    bad = written(root, gate(started=NOW + timedelta(hours=1)))
    spoil(bad)
    with pytest.raises(UsageError, match=r"--baseline=.*: no record of this version of Plimsoll"):
        baseline.read(bad)
    assert baseline.newest(root, "prod", ACCOUNT) == good


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(lambda: builders.evidence(mode=Mode.VERIFY, before=snapshot()), id="verify"),
        pytest.param(lambda: builders.evidence(mode=Mode.RECOVER, before=snapshot()), id="recover"),
        pytest.param(lambda: gate(before=snapshot(stack=unknown())), id="stack unknown"),
        pytest.param(lambda: gate(before=None, plan=None), id="nothing read"),
    ],
)
def test_a_run_that_has_not_read_how_it_was_is_refused(root: Path, evidence: Callable[[], Evidence]) -> None:
    bundle = written(root, evidence())
    with pytest.raises(UsageError, match="has not read how the stack was before an upgrade"):
        baseline.read(bundle)
    assert baseline.newest(root, "prod", ACCOUNT) is None


# ---- the newest one --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)], ids=str)
def test_the_newest_is_the_one_that_began_last(root: Path, order: tuple[int, ...]) -> None:
    for hours in order:
        run = f"01937c3e-7a10-7000-8000-00000000000{9 - hours}"
        last = written(root, gate(run_id=run, started=NOW + timedelta(hours=hours)))
        if hours == 2:
            newest = last
    assert baseline.newest(root, "prod", ACCOUNT) == newest


@pytest.mark.parametrize(("entry", "account"), [("val", ACCOUNT), ("prod", "999999999999")])
def test_another_entrys_or_accounts_is_none_of_ours(root: Path, entry: str, account: str) -> None:
    written(root, gate())
    assert baseline.newest(root, entry, account) is None


def test_without_evidence_there_is_none(root: Path) -> None:
    assert baseline.newest(root, "prod", ACCOUNT) is None
    root.mkdir()
    (root / "latest.json").write_text("{}")
    assert baseline.newest(root, "prod", ACCOUNT) is None


def test_what_was_redacted_is_read_back_as_what_can_t_be_compared(root: Path) -> None:
    secretive = facts.stack(parameters={"pToken": "hush", "pSize": "20"}, tags={"note": "see hunter-22", "a": "b"})
    plan = facts.plan(parameters={"pToken": "hush", "pSize": "20"}, tags={"note": "see hunter-22"})
    root.mkdir()
    evidence = gate(before=snapshot(stack=known(secretive)), plan=known(plan))
    found = baseline.read(Folder(root).write(evidence, ["hunter-22"]).bundle)

    stack = found.snapshot.stack.value
    assert stack.parameters == {"pToken": "****", "pSize": "20"}
    assert stack.tags == {"note": "****", "a": "b"}
    assert found.plan is not None
    assert (found.plan.value.parameters, found.plan.value.tags) == (stack.parameters, {"note": "****"})
