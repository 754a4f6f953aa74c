"""What a person sees while a run goes on: one line a check, notes, events; quiet enough for a CI log."""

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, cast

import pytest

from reports.text import harmless
from upgrade.catalogue import Outcome
from upgrade.facts.stack import Event
from upgrade.gate.ledger import Entry
from upgrade.gate.terminal import lasting

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

_MARKS = {
    Outcome.PASS: ("PASS", "green"),
    Outcome.WARN: ("WARN", "yellow"),
    Outcome.FAIL: ("FAIL", "bold red"),
    Outcome.ERROR: ("ERROR", "bold red"),
    Outcome.NOT_APPLICABLE: ("N/A", "dim"),
    Outcome.WAIVED: ("WAIVED", "yellow"),
    Outcome.DEFERRED: ("DEFER", "dim"),
    Outcome.BLOCKED: ("BLOCKED", "dim"),
    Outcome.NOT_RUN: ("NOT RUN", "bold red"),
}
_MARKUP: dict[str, dict[str, bool]] = {
    "": {},
    "green": {"green": True},
    "yellow": {"yellow": True},
    "bold red": {"bold": True, "red": True},
    "dim": {"light": True},
}
"""Styles as rich names them, and as pytest's writer does."""

HEARTBEAT = 30.0
"""Seconds."""


class Console:
    """Writes past pytest's capture: lines for a log, and on a terminal a live line below them."""

    def __init__(self, config: pytest.Config) -> None:
        """Lines go to pytest's terminal reporter.

        Args:
            config: pytest's.
        """
        self.clean: Callable[[str], str] = str
        """Takes what must never be told out of a text."""
        self._config = config
        self._live: RichConsole | None = None

    @contextmanager
    def activity(self, text: str) -> Iterator[None]:
        """Say what is going on, for as long as it goes on."""
        with self._uncaptured():
            if not sys.stdout.isatty():
                self.note(text)
                with self._heartbeat(text):
                    yield
                return
            from rich.console import Console as LiveConsole  # noqa: PLC0415  # only for people

            self._live = LiveConsole(file=lasting(sys.stdout), highlight=False)
            try:
                with self._live.status(text):
                    yield
            finally:
                self._live = None

    @contextmanager
    def _heartbeat(self, text: str) -> Iterator[None]:
        """In a log, say now and then that it still goes on: a drift detection takes minutes."""
        over, began = threading.Event(), time.monotonic()

        def beat() -> None:
            while not over.wait(HEARTBEAT):
                self.note(f"still {text} ({time.monotonic() - began:.0f} s)")

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def note(self, text: str) -> None:
        """One line about what is going on."""
        self._write(f"  {self._told(text)}", "dim")

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
        because = self._told(_because(entry))
        self._write(f"{word:<8} {entry.check.id}{because}", style)

    def summary(self, lines: Iterable[str]) -> None:
        """The closing lines, without secrets already."""
        for line in lines:
            self._write(harmless(line), "")

    def _told(self, text: str) -> str:
        return harmless(self.clean(text))

    def _uncaptured(self) -> AbstractContextManager[None]:
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        return (
            nullcontext()
            if capture is None
            else cast("AbstractContextManager[None]", capture.global_and_fixture_disabled())
        )

    def _write(self, line: str, style: str) -> None:
        if self._live is not None:
            self._live.print(line, style=style, markup=False, soft_wrap=True)
            return
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None:
            return
        with self._uncaptured():
            reporter.write_line(line, **_MARKUP[style])
            reporter.flush()


def _because(entry: Entry) -> str:
    if entry.outcome is Outcome.PASS:
        return ""
    told = entry.findings[0].found if entry.findings else entry.detail
    more = f" (and {len(entry.findings) - 1} more)" if len(entry.findings) > 1 else ""
    return f": {told}{more}" if told else ""
