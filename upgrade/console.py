"""What a person sees while a run goes on: one line a check, notes, events; quiet enough for a CI log."""

import re
from typing import TYPE_CHECKING

import pytest

from upgrade.catalogue import Outcome
from upgrade.facts.stack import Event
from upgrade.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARKS = {
    Outcome.PASS: ("PASS", {"green": True}),
    Outcome.WARN: ("WARN", {"yellow": True}),
    Outcome.FAIL: ("FAIL", {"red": True, "bold": True}),
    Outcome.ERROR: ("ERROR", {"red": True, "bold": True}),
    Outcome.NOT_APPLICABLE: ("N/A", {"light": True}),
    Outcome.BLOCKED: ("BLOCKED", {"light": True}),
    Outcome.NOT_RUN: ("NOT RUN", {"red": True}),
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Names and reasons from AWS are untrusted: no escape sequence reaches the terminal."""


def harmless(text: str) -> str:
    """The text without anything a terminal would obey."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text).replace("\n", " ")


class Console:
    """Writes past pytest's capture."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def note(self, text: str) -> None:
        """One line about what is going on."""
        self._write(f"  {harmless(text)}", {"light": True})

    def progress(self, news: Event | str) -> None:
        """What happens while a run waits: an event of our operation, or a sentence."""
        if isinstance(news, str):
            self.note(news)
            return
        because = f": {news.reason}" if news.reason else ""
        self.note(f"{news.at:%H:%M:%S}  {news.status:<28} {news.logical_id} ({news.type}){because}")

    def result(self, entry: Entry) -> None:
        """One line a check."""
        word, style = _MARKS[entry.outcome]
        self._write(f"{word:<8} {entry.check.id}{_because(entry)}", style)

    def summary(self, lines: "Iterable[str]") -> None:
        """The closing lines: already harmless."""
        for line in lines:
            self._write(line, {})

    def _write(self, line: str, style: dict[str, bool]) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None:
            return
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        if capture is None:
            reporter.write_line(line, **style)
            return
        with capture.global_and_fixture_disabled():
            reporter.write_line(line, **style)
            reporter.flush()


def _because(entry: Entry) -> str:
    if entry.outcome is Outcome.PASS:
        return ""
    told = entry.findings[0].found if entry.findings else entry.detail
    more = f" (and {len(entry.findings) - 1} more)" if len(entry.findings) > 1 else ""
    return f": {harmless(told)}{more}" if told else ""
