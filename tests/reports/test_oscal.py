import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reports import oscal
from reports.record import Record
from tests.reports import builders
from tests.reports.builders import made
from upgrade.catalogue import Outcome
from upgrade.gate.mode import Verdict

READ = """
import sys
from pathlib import Path
from trestle.oscal.assessment_results import AssessmentResults
for name in sys.argv[1:]:
    try:
        AssessmentResults.oscal_read(Path(name))
    except Exception as error:
        sys.exit(f"{name}: {error}")
"""


@pytest.fixture(scope="session")
def trestle() -> str:
    """The Python of an environment that has compliance-trestle, whose pins fit beside nothing of ours."""
    path = os.environ.get("PLIMSOLL_TRESTLE", "")
    if not path:
        pytest.skip("PLIMSOLL_TRESTLE names no Python that has compliance-trestle")
    return path


def read(trestle: str, *files: Path) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [trestle, "-c", READ, *files], capture_output=True, text=True, check=False, env=environment, cwd=files[0].parent
    )


def rendered(record: Record) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(oscal.render(record))["assessment-results"]
    return told


@pytest.mark.trestle
def test_trestle_reads_every_ending(trestle: str, tmp_path: Path) -> None:
    records = {verdict.value.lower(): made(builders.of_verdict(verdict)) for verdict in Verdict}
    records["hostile"] = made(builders.hostile())
    records["empty"] = made(builders.evidence(entries=()))
    records["earlier"] = made(builders.no_go()).model_copy(update={"requirements": ()})
    for name, record in records.items():
        (tmp_path / f"{name}.json").write_text(oscal.render(record))

    run = read(trestle, *sorted(tmp_path.iterdir()))
    assert run.returncode == 0, run.stderr


@pytest.mark.trestle
@pytest.mark.parametrize("spoil", ["import-ap", "metadata", "results"])
def test_trestle_would_tell(trestle: str, tmp_path: Path, spoil: str) -> None:
    told = rendered(made(builders.no_go()))
    del told[spoil]
    (tmp_path / "spoilt.json").write_text(json.dumps({"assessment-results": told}))

    assert spoil in read(trestle, tmp_path / "spoilt.json").stderr


def test_requirements_are_findings_and_checks_observations() -> None:
    record = made(builders.no_go())
    (result,) = rendered(record)["results"]

    observed = {each["uuid"]: each["title"] for each in result["observations"]}
    assert len(observed) == len(record.checks)
    found = {each["target"]["target-id"]: each for each in result["findings"]}
    assert found["URS-07"]["target"]["status"] == {"state": "not-satisfied", "reason": "fail", "remarks": "failed"}
    related = [observed[each["observation-uuid"]] for each in found["URS-07"]["related-observations"]]
    assert related == [f"URS-07 {check.id}" for check in record.checks]


def test_what_was_not_executed_is_not_satisfied() -> None:
    (result,) = rendered(made(builders.no_go()))["results"]

    found = {each["target"]["target-id"]: each for each in result["findings"]}
    assert found["URS-01"]["target"]["status"]["state"] == "not-satisfied"
    assert found["URS-01"]["description"] == "No check of it belongs to a run of mode gate."
    assert "related-observations" not in found["URS-01"]


def test_what_holds_is_satisfied_and_what_is_waived_is_not() -> None:
    for outcome, state in {Outcome.PASS: "satisfied", Outcome.WAIVED: "not-satisfied"}.items():
        entries = (builders.entry("stack-is-at-rest", outcome=outcome),)
        (result,) = rendered(made(builders.evidence(entries=entries)))["results"]
        found = {each["target"]["target-id"]: each["target"]["status"]["state"] for each in result["findings"]}
        assert found["URS-07"] == state


def test_nothing_is_claimed_of_what_only_the_customer_can_show() -> None:
    (result,) = rendered(made(builders.evidence()))["results"]

    (selection,) = result["reviewed-controls"]["control-selections"]
    assert "URS-40" not in {each["control-id"] for each in selection["include-controls"]}
    assert "URS-40" not in {each["target"]["target-id"] for each in result["findings"]}


def test_the_same_record_makes_the_same_file() -> None:
    assert oscal.render(made(builders.no_go())) == oscal.render(made(builders.no_go()))
