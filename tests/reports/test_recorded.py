"""What a record holds is read back as the gate had it; what it does not hold says so."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reports.folder import Folder
from reports.record import Record
from reports.recorded import NOT_HELD, plan, snapshot, texts
from reports.views import TARGET
from tests import builders as facts
from tests.builders import NOW, known
from tests.reports import builders
from upgrade.facts.known import Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.template.read import parse

OLD = known(parse(b"Resources: {Old: {Type: AWS::SNS::Topic}}\n", "stack codeocean"))
NEW = known(parse(b"Resources: {New: {Type: AWS::SNS::Topic}}\n", "stack codeocean"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "evidence").mkdir()
    return tmp_path / "evidence"


def written(root: Path, **changes: Any) -> tuple[Path, Record]:
    bundle = Folder(root).write(builders.evidence(**changes)).bundle
    return bundle, Record.model_validate_json((bundle / "data/record.json").read_text())


def before(**changes: Any) -> Snapshot:
    return facts.snapshot(**{"template": OLD, "target": NEW, **changes})


def test_the_template_afterwards_is_the_targets_text(root: Path) -> None:
    bundle, record = written(
        root, before=before(), after=facts.snapshot(template=NEW), plan=known(facts.plan(template=NEW))
    )
    kept = texts(bundle, record.before)
    assert snapshot(record.after, kept, NOW).template == NEW
    assert plan(record.plan, kept, NOW).value.template == NEW


def test_another_template_afterwards_is_not_held(root: Path) -> None:
    bundle, record = written(root, before=before(), after=facts.snapshot(template=known(facts.template("v9"))))
    assert snapshot(record.after, texts(bundle, record.before), NOW).template is NOT_HELD


def test_what_hangs_on_templates_is_held_only_where_there_is_none(root: Path) -> None:
    there = before(deploy_role=known(facts.deploy_role()), backup=known(None), nested_targets=known({}))
    bundle, record = written(root, before=there)
    found = snapshot(record.before, texts(bundle, record.before), NOW)
    assert (found.deploy_role, found.backup, found.nested_targets) == (NOT_HELD, known(None), known({}))


def test_what_was_not_asked_for_says_so_and_what_was_denied_is_kept(root: Path) -> None:
    lost = Unknown(Reason.NOT_ASKED, "nobody did", "", NOW - timedelta(days=1))
    bundle, record = written(root, before=before(workers=lost, denied=("rds:DescribeDBInstances",)))
    found = snapshot(record.before, texts(bundle, record.before), NOW)
    assert found.workers == Unknown(Reason.NOT_ASKED, "nobody did", "", NOW)
    assert found.denied == ("rds:DescribeDBInstances",)


def test_a_file_that_can_not_be_read_is_why_a_template_is_unknown(root: Path) -> None:
    bundle, record = written(root, before=before())
    (bundle / TARGET).write_bytes(b"[")
    target = snapshot(record.before, texts(bundle, record.before), NOW).target
    assert isinstance(target, Unknown)
    assert str(bundle / TARGET) in target.detail


def test_a_fact_that_an_earlier_version_did_not_read_is_not_held(root: Path) -> None:
    bundle, record = written(root, before=before())
    document = record.model_dump(mode="json")
    del document["before"]["keys"]
    earlier = Record.model_validate(document)
    assert snapshot(earlier.before, texts(bundle, earlier.before), NOW).keys is NOT_HELD
