"""What pytest, loggers and checks of the user's own would tell goes through here."""

import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from upgrade.gate.boundary import Boundary

SECRET = "correct-horse"


@pytest.fixture
def boundary() -> Iterator[Boundary]:
    made = Boundary()
    made.clean = lambda text: text.replace(SECRET, "[REDACTED]")
    made.install()
    yield made
    made.remove()


def test_what_is_written_to_the_streams_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    boundary = Boundary()
    boundary.install()
    boundary.clean = lambda text: text.replace(SECRET, "[REDACTED]")
    sys.stdout.write(f"a {SECRET} b\n")
    sys.stderr.writelines([SECRET, "x"])
    boundary.remove()

    assert (sys.stdout, sys.stderr) == (out, err)
    assert (out.getvalue(), err.getvalue()) == ("a [REDACTED] b\n", "[REDACTED]x")


def test_no_logger_tells_anything_at_debug_and_no_secret_at_info(boundary: Boundary) -> None:
    told = io.StringIO()
    logger, handler = logging.getLogger("botocore.auth"), logging.StreamHandler(told)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        logger.debug("at debug")
        logger.warning("key %s", SECRET)
        logger.warning("%d%%", 5)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)

    assert told.getvalue() == "key [REDACTED]\n5%\n"
    boundary.remove()
    assert logging.root.manager.disable == logging.NOTSET


def test_a_report_is_clean_before_anybody_else_has_it(boundary: Boundary) -> None:
    report = pytest.TestReport(
        nodeid="x",
        location=("x", 0, "x"),
        keywords={},
        outcome="failed",
        longrepr=f"it is {SECRET}",
        when="call",
        sections=[("Captured stdout call", SECRET)],
        user_properties=[("a", SECRET), ("b", 1)],
    )
    hook = boundary.pytest_runtest_makereport()
    next(hook)
    with pytest.raises(StopIteration) as ended:
        hook.send(report)

    assert ended.value.value is report
    assert report.longrepr == "it is [REDACTED]"
    assert report.sections == [("Captured stdout call", "[REDACTED]")]
    assert report.user_properties == [("a", "[REDACTED]"), ("b", 1)]


@pytest.mark.parametrize("longrepr", [f"E {SECRET}", ("x.py", 1, f"E {SECRET}"), None])
def test_so_is_what_could_not_be_collected(boundary: Boundary, longrepr: object) -> None:
    report = pytest.CollectReport("x", "failed", longrepr, [])  # type: ignore[arg-type]
    hook = boundary.pytest_make_collect_report()
    next(hook)
    with pytest.raises(StopIteration):
        hook.send(report)

    assert SECRET not in str(report.longrepr)


def test_the_report_that_pytest_has_written_is_mended(boundary: Boundary, tmp_path: Path) -> None:
    (tmp_path / "j.xml").write_text(f"<a>{SECRET}</a>")

    boundary.mend(str(tmp_path / "j.xml"))
    boundary.mend(str(tmp_path / "absent.xml"))
    boundary.mend(None)

    assert (tmp_path / "j.xml").read_text() == "<a>[REDACTED]</a>"
