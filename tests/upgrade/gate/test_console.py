"""One line a check, an event or a note; nothing in it acts on a terminal."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import harmless
from tests.builders import event
from tests.reports.builders import HOSTILE, entry, finding
from upgrade.catalogue import Outcome
from upgrade.gate import console
from upgrade.gate.console import Console


class Reporter:
    """What pytest's terminal reporter gets to write."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.markup: list[dict[str, bool]] = []
        self.beaten = threading.Event()

    def write_line(self, line: str, **markup: bool) -> None:
        self.lines.append(line)
        self.markup.append(markup)
        if "still" in line:
            self.beaten.set()

    def flush(self) -> None:
        """Nothing is held back."""


def opened(reporter: Reporter | None) -> Console:
    plugins: dict[str, Any] = {"terminalreporter": reporter}
    config = SimpleNamespace(pluginmanager=SimpleNamespace(get_plugin=plugins.get))
    return Console(config)  # type: ignore[arg-type]  # as much of a configuration as it needs


@pytest.fixture
def reporter() -> Reporter:
    return Reporter()


@given(st.text())
def test_whatever_a_text_holds_it_keeps_to_its_line(text: str) -> None:
    assert not {"\n", "\r", "\x1b", "\x00", "\x07", "\x9b"} & set(harmless(text))


@pytest.mark.parametrize("text", [HOSTILE, "a\u2066b", "a\u200bb", "a\ud800b"], ids=ascii)
def test_nothing_hides_and_everything_can_be_written(text: str) -> None:
    told = harmless(text)
    assert told.encode()
    assert not {"\u202e", "\u2066", "\u200b"} & set(told)


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Outcome.PASS, "PASS "),
        (Outcome.WARN, "WARN "),
        (Outcome.FAIL, "FAIL "),
        (Outcome.ERROR, "ERROR "),
        (Outcome.NOT_APPLICABLE, "N/A "),
        (Outcome.WAIVED, "WAIVED "),
        (Outcome.DEFERRED, "DEFER "),
        (Outcome.BLOCKED, "BLOCKED "),
        (Outcome.NOT_RUN, "NOT RUN "),
    ],
)
def test_every_outcome_is_told_with_its_word(reporter: Reporter, outcome: Outcome, word: str) -> None:
    opened(reporter).result(entry("stack-is-at-rest", outcome=outcome, detail="because"))
    (line,) = reporter.lines
    assert line.startswith(word)
    assert line.endswith("stack-is-at-rest" + ("" if outcome is Outcome.PASS else ": because"))


def test_of_several_findings_the_first_is_told_and_how_many_more(reporter: Reporter) -> None:
    found = (finding(found="one"), finding(found="two"), finding(found="three"))
    opened(reporter).result(entry("x", outcome=Outcome.FAIL, findings=found, detail="no"))
    assert reporter.lines == ["FAIL     x: one (and 2 more)"]
    assert reporter.markup == [{"bold": True, "red": True}]


def test_an_event_is_told_with_time_status_and_reason(reporter: Reporter) -> None:
    opened(reporter).progress(event("DataVolume", "UPDATE_FAILED", f"no\n{HOSTILE}"))
    (line,) = reporter.lines
    assert line.startswith("  12:00:00  UPDATE_FAILED                DataVolume (AWS::EC2::Volume): no <script>")
    assert "\x1b" not in line


def test_without_a_terminal_reporter_nothing_is_written_and_nothing_fails(capsys: pytest.CaptureFixture[str]) -> None:
    quiet = opened(None)
    with quiet.activity("reading facts"):
        quiet.note("x")
    assert capsys.readouterr().out == ""


def test_what_goes_on_for_long_is_told_again_until_it_is_over(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "HEARTBEAT", 0.01)

    def read() -> None:
        with opened(reporter).activity("reading facts"):
            reporter.beaten.wait(10)
            raise ZeroDivisionError

    threads = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        read()
    assert reporter.lines[0] == "  reading facts"
    assert reporter.lines[1].startswith("  still reading facts (")
    assert threading.active_count() == threads
