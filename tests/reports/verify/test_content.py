"""What a record says of itself is believed only where it agrees with what lies beside it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.verify import verify
from reports.verify.steps import State
from tests.reports import builders
from tests.reports.sealed import consistent, edited, rehash, written
from upgrade.catalogue import Outcome
from upgrade.code import checks_sha256


def broken(bundle: Path) -> dict[str, str]:
    return {step.what: step.said for step in verify(bundle).broken}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return written(tmp_path / "e", None)


def _exit_code(told: dict[str, Any]) -> None:
    told["conclusion"]["exit_code"] = 3


def _outcome(told: dict[str, Any]) -> None:
    told["checks"][0]["outcome"] = "fail"


def _totals(told: dict[str, Any]) -> None:
    told["totals"]["pass"] += 1


def _stops(told: dict[str, Any]) -> None:
    told["checks"][0]["stops"] = True


def _moved(told: dict[str, Any]) -> None:
    told["basis"]["moved"] = ["the tags have changed"]


def _waived(told: dict[str, Any]) -> None:
    told["checks"][0]["outcome"] = "waived"
    told["totals"]["pass"] -= 1
    told["totals"]["waived"] += 1


def _twice(told: dict[str, Any]) -> None:
    told["checks"].append(told["checks"][0])


@pytest.mark.parametrize(
    ("change", "step", "said"),
    [
        (_exit_code, "verdict", "the exit code of UPGRADED is 0, the record says 3"),
        (_outcome, "verdict", "the checks and the update make UNHEALTHY, the record says UPGRADED"),
        (_totals, "totals", "15 checks are told as pass, there are 14"),
        (_stops, "totals", "says that it stops, which is not so"),
        (_moved, "verdict", "the checks and the update make UNHEALTHY"),
        (_waived, "verdict", "the record says UPGRADED"),
        (_twice, "complete", "is there twice"),
        (_outcome, "junit", "tells 0 failures, the record 1"),
    ],
    ids=["exit code", "outcome", "totals", "stops", "moved", "waived", "twice", "JUnit"],
)
def test_what_does_not_agree_is_told(
    change: Callable[[dict[str, Any]], None], step: str, said: str, bundle: Path
) -> None:
    edited(bundle, change)
    assert said in broken(bundle)[step]


def test_what_is_no_record_is_told(bundle: Path) -> None:
    (bundle / "data/record.json").write_text("{}")
    rehash(bundle)
    assert "no record that this version of Plimsoll reads" in broken(bundle)["record"]


def test_a_failed_run_is_as_whole_as_a_good_one(tmp_path: Path) -> None:
    bundle = written(tmp_path, None, consistent(entries=builders.entries(drift_is_understood=Outcome.FAIL)))
    found = verify(bundle)

    assert found.is_whole
    assert found.record
    assert found.record.conclusion.exit_code != 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><testsuites/>", "document type"),
        ("<testsuites>", "is no XML"),
        ("<testsuites/>", "has no suite"),
    ],
)
def test_a_junit_file_that_is_none_is_told(text: str, said: str, bundle: Path) -> None:
    (bundle / "data/report/junit.xml").write_text(text)
    rehash(bundle)
    assert said in broken(bundle)["junit"]


def test_a_journal_that_does_not_chain_or_is_gone_is_told(bundle: Path) -> None:
    journal = bundle / "data/events.jsonl"
    line = journal.read_text()
    journal.write_text(line.replace("ExecuteChangeSet", "DeleteChangeSet"))
    rehash(bundle)
    assert "line 1 does not chain" in broken(bundle)["journal"]

    journal.unlink()
    rehash(bundle)
    assert "is missing, and an update was executed" in broken(bundle)["journal"]


def test_the_journal_of_another_update_is_told(bundle: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "o", None, consistent(run_id="01937c3e-7a10-7000-8000-00000000beef"))
    (bundle / "data/events.jsonl").write_bytes((other / "data/events.jsonl").read_bytes())
    rehash(bundle)
    assert "does not tell of the update that the record tells" in broken(bundle)["journal"]


def test_a_journal_that_the_record_calls_lost_is_not_missed(tmp_path: Path) -> None:
    bundle = written(tmp_path, None)
    (bundle / "data/events.jsonl").unlink()
    edited(bundle, lambda told: told["basis"].update(not_kept="the disk was full"))

    assert next(step for step in verify(bundle).steps if step.what == "journal").state is State.NOT_CHECKED
    assert "verdict" in broken(bundle), "such a run can't end in 0"


def test_a_plan_that_is_not_the_records_is_told(bundle: Path) -> None:
    (bundle / "data/plan.json").write_text("{}")
    rehash(bundle)
    assert "is there, and the record knows none" in broken(bundle)["plan"]
    edited(bundle, lambda told: told.update(plan_file="0" * 64))
    assert "is not the plan of the record" in broken(bundle)["plan"]


def test_a_list_of_checks_that_is_not_ours_is_told_where_the_checks_are_ours(bundle: Path) -> None:
    assert "complete" not in broken(bundle), "these are another version's checks"
    edited(bundle, lambda told: told["environment"].update(checks_sha256=checks_sha256()))
    assert "is not the one that Plimsoll ships" in broken(bundle)["complete"]
