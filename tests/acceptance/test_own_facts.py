"""Facts of the user's own: the worked example, and what becomes of one that can't be had."""

from pathlib import Path

import pytest

from tests.acceptance.checkout import OWN
from tests.acceptance.gate import Run, pytest_gate
from tests.acceptance.standing import Standing

CHECK = OWN + "@declared('ours')\ndef check_ours(mine): assert mine.value == 1\n"
FACT = "import pytest\n@pytest.fixture(scope='session')\ndef mine(read):\n    return read('mine', {})\n"


def test_the_worked_example_runs(healthy: Standing, tmp_path: Path) -> None:
    run = pytest_gate(tmp_path, "checks", "examples/acme_checks", "--stack", "demo", **healthy.environment)

    assert run.code == 0, run.output
    assert run.outcome("acme-database-certificates") == "pass"
    assert run.outcome("acme-firewall-is-told") == "pass"
    fact = run.record["own_facts"]["issuers of database certificates"]
    assert (fact["state"], fact["value"]) == ("known", {"AnalyticsDBInstance": "rds-ca-default"})
    assert fact["at"] is not None


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        ("'rds', 'rds:StopDBInstance', lambda c: c.stop_db_instance(DBInstanceIdentifier='x')", "was refused before"),
        ("'rds', 'rds:DescribeDBInstances', lambda c: c.describe_db_instances()['Nothing']", "lacks 'Nothing'"),
        ("'rds', 'rds:DescribeDBInstances', lambda c: 1 / 0", "ZeroDivisionError"),
    ],
    ids=["changes something", "lacks a member", "a mistake"],
)
def test_what_cannot_be_read_shuts_the_gate(reading: str, words: str, healthy: Standing, tmp_path: Path) -> None:
    run = _with(reading, healthy, tmp_path)

    assert (run.code, run.latest["verdict"]) == (11, "CANNOT_TELL"), run.output
    assert run.outcome("ours") == "error"
    assert words in run.output


def _with(reading: str, sandbox: Standing, folder: Path) -> Run:
    own = folder / "acme_checks"
    own.mkdir()
    (own / "check_ours.py").write_text(CHECK)
    (own / "conftest.py").write_text(FACT.format(reading))
    return pytest_gate(folder / "e", "checks", str(own), "--stack", "demo", **sandbox.environment)
