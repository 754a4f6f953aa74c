"""The journal on the disk: JSON lines, each with the digest of the one before, each on the disk before it counts.

A line is canonical JSON (keys sorted, no spaces, ASCII); its `digest` is the sha256 of the line without it. So a line
that was changed, left out or put in ends what can be read. That a whole chain was replaced, no chain can show.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from reports import disk
from upgrade.facts.journal import Act, Record

START = "0" * 64
"""What the first line chains to."""


class Damaged(OSError):  # noqa: N818  # what it is
    """A chain does not hold."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be read of a chain: everything before the first line that does not chain."""

    records: tuple[Record, ...]
    digest: str
    """Of the last line that chains."""
    size: int
    """Bytes of the lines that chain."""
    torn: bool
    """Half a line follows: it was being written when the process ended, and nothing has relied on it."""
    broken: str
    """Which line does not chain; empty if all do."""


class Chain:
    """A journal of one process, which goes on where an earlier one was killed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, record: Record) -> None:
        """Keep a record; it is on the disk when this returns.

        Raises:
            OSError: it is not, or the chain does not hold.
        """
        self.write(self.line(record))

    def line(self, record: Record) -> bytes:
        """The next line, if it is this record's. Raises OSError: see `records`."""
        found = self._whole()
        return _line(record, len(found.records) + 1, found.digest) + b"\n"

    def write(self, line: bytes) -> None:
        """Go on with a line; it is on the disk when this returns. Half a line at the end is written over.

        Raises:
            Damaged: it does not chain to what is there.
            OSError: the disk.
        """
        found = self._whole()
        number = len(found.records) + 1
        if len(parse(line, number, found.digest).records) != 1:
            raise Damaged(f"{self.path}: what follows as line {number} does not chain")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            file.truncate(found.size)
            file.seek(found.size)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if not found.records:
            for folder in list(self.path.parents)[:FOLDERS]:
                disk.sync(folder)

    def records(self) -> tuple[Record, ...]:
        """Everything that was kept.

        Raises:
            Damaged: the chain does not hold.
            OSError: it can't be read.
        """
        return self._whole().records

    def lines(self) -> list[bytes]:
        """The same as it lies there. Raises OSError: see `records`."""
        size = self._whole().size
        return self.path.read_bytes()[:size].splitlines(keepends=True) if size else []

    def read(self) -> Reading:
        """What is there; nothing, if there is no file."""
        try:
            return parse(self.path.read_bytes())
        except FileNotFoundError:
            return parse(b"")

    def _whole(self) -> Reading:
        found = self.read()
        if found.broken:
            raise Damaged(f"{self.path}: {found.broken}")
        return found


FOLDERS = 4
"""Folders whose names may be new with a chain: that of the run, of the stack, of all journals, and the evidence's."""


def parse(data: bytes, first: int = 1, digest: str = START) -> Reading:
    """Read a chain from its bytes, or from a line of it on, the digest of the one before given."""
    records, size = list[Record](), 0
    *lines, rest = data.split(b"\n")
    for number, line in enumerate(lines, first):
        try:
            record, own = _record(line, number, digest)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return Reading(tuple(records), digest, size, torn=False, broken=f"line {number} does not chain")
        records.append(record)
        digest, size = own, size + len(line) + 1
    return Reading(tuple(records), digest, size, torn=bool(rest), broken="")


def _record(line: bytes, number: int, previous: str) -> tuple[Record, str]:
    """The record of a line, and its digest. Written anew, it must be the same line: nothing in it is left unread."""
    read: dict[str, Any] = json.loads(line)
    told = {str(name): str(value) for name, value in read["told"].items()}
    record = Record(Act(read["act"]), datetime.fromisoformat(read["at"]), read["run"], read["call"], told)
    if _line(record, number, previous) != line:
        raise ValueError
    return record, read["digest"]


def _line(record: Record, number: int, previous: str) -> bytes:
    fields: dict[str, Any] = {
        "seq": number,
        "prev": previous,
        "at": record.at.isoformat(),
        "run": record.run,
        "act": record.act,
        "call": record.call,
        "told": dict(record.told),
    }
    return _canonical({**fields, "digest": hashlib.sha256(_canonical(fields)).hexdigest()})


def _canonical(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
