"""Where pytest and Python's own streams would tell a secret: reports, warnings, collection errors, logs, what a check prints.

Our own lines are clean before they come here; what a plugin or a check of the user's own brings, nobody has looked at.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import pytest

from upgrade.gate.terminal import lasting

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Clean = Callable[[str], str]


class Boundary:
    """Cleans what goes out. Nothing is known before a run is opened: `clean` is set then."""

    def __init__(self) -> None:
        self.clean: Clean = str
        self._streams = sys.stdout, sys.stderr
        self._factory = logging.getLogRecordFactory()
        self._disabled = logging.root.manager.disable

    def install(self) -> None:
        """Stand before the streams and all loggers, before pytest's reporter takes the former.

        At DEBUG botocore logs session tokens and the bodies of requests, and whoever asks for it means his own loggers.
        """
        sys.stdout, sys.stderr = (_cleaning(lasting(each), self._cleaned) for each in self._streams)
        logging.setLogRecordFactory(self._record)
        logging.disable(max(logging.DEBUG, self._disabled))

    def remove(self) -> None:
        """Leave the process as it was."""
        sys.stdout, sys.stderr = self._streams
        logging.setLogRecordFactory(self._factory)
        logging.disable(self._disabled)

    def mend(self, junit: str | None) -> None:
        """Clean the report that pytest has made of the session, where ours has not taken its place."""
        with suppress(OSError):
            if junit and (text := Path(junit).read_text("utf-8")) != (cleaned := self.clean(text)):
                Path(junit).write_text(cleaned, "utf-8")

    # ---- pytest's reports --------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Clean a report before anybody else has it: JUnit, the terminal, another plugin's own file."""
        report = yield
        self._tell(report)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Clean what could not be collected: the error quotes what was imported."""
        report = yield
        self._tell(report)
        return report

    def _tell(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        longrepr = report.longrepr
        if isinstance(longrepr, tuple):
            path, line, text = longrepr
            report.longrepr = path, line, self._cleaned(text)
        elif longrepr is not None and (text := str(longrepr)) != (cleaned := self._cleaned(text)):
            report.longrepr = cleaned
        report.sections[:] = [(name, self._cleaned(text)) for name, text in report.sections]
        if properties := getattr(report, "user_properties", None):
            properties[:] = [(name, self._cleaned(v) if isinstance(v, str) else v) for name, v in properties]

    # ---- logs --------------------------------------------------------------------------------------------------------

    def _record(self, *arguments: Any, **named: Any) -> logging.LogRecord:
        record = self._factory(*arguments, **named)
        text = record.getMessage() if record.args else str(record.msg)
        cleaned = self._cleaned(text)
        if cleaned != text:
            record.msg, record.args = cleaned, None
        return record

    def _cleaned(self, text: str) -> str:
        return self.clean(text)


def _cleaning(stream: TextIO, clean: Clean) -> TextIO:
    """The stream, with every text cleaned that is written to it."""
    return cast("TextIO", _Cleaning(stream, clean))


class _Cleaning:
    def __init__(self, stream: TextIO, clean: Clean) -> None:
        self._stream, self._clean = stream, clean

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        self._stream.write(self._clean(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        self.write("".join(lines))
