"""Nothing that is written fails because nobody reads it any more."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from upgrade.gate.terminal import lasting


@pytest.fixture(params=[os.pipe, os.openpty], ids=["pipe", "terminal"])
def abandoned(request: pytest.FixtureRequest) -> Iterator[IO[str]]:
    """A stream whose reader is gone."""
    reader, writer = request.param()
    with os.fdopen(writer, "w") as stream:
        os.close(reader)
        yield stream


def test_what_nobody_reads_is_dropped(abandoned: IO[str]) -> None:
    stream = lasting(abandoned)  # type: ignore[arg-type]  # a TextIOWrapper is one
    assert stream.write("x" * 100_000) == 100_000
    stream.flush()
    stream.write("more\n")
    stream.flush()
    abandoned.flush()  # as Python does at exit


def test_all_else_is_as_it_was(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w", encoding="latin-1") as log:
        stream = lasting(log)
        stream.write("told\n")
        stream.flush()
        assert (stream.encoding, stream.isatty()) == ("latin-1", False)
    assert (tmp_path / "log").read_text() == "told\n"
