"""Evidence that outlives its machine: in the archive lies what lies in the evidence folder, under the same names.

An object of the archive is never written over, so of a journal each line is one: whoever has put a line has put it alone.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Protocol

from reports import disk
from reports.chain import Chain, Damaged
from upgrade.facts.journal import Act, Late, Record
from upgrade.facts.stored import Stored

JOURNALS, JOURNAL, BASELINE = ".journal", "events.jsonl", "baseline"
MANIFEST = "manifest-sha256.txt"
PARTIAL = ".partial"
"""How the name of a folder ends that is being written; it begins with a dot."""

RECEIPT = ".receipt.json"
"""How the name of the receipt ends that says how evidence is kept in the archive."""

_BESIDE = re.compile(r"(signatures/)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""Files beside the payload: what the bag says of itself, and what is signed. Their own hashes and key tell what they are."""

TRIES = 5
"""How often a record is put where others go on with the journal meanwhile."""


class Archive(Protocol):
    """Objects by name, with `/` in it."""

    address: str

    def put(self, name: str, body: bytes) -> bool:
        """Put an object; False if another one of this name is there. Raises OSError."""
        ...

    def keep(self, name: str, body: bytes, since: datetime) -> Stored:
        """Put an object for good, retained from then on as it is configured. Raises OSError."""
        ...

    def unlocked(self) -> str:
        """Why nothing can be retained there; empty if it can, or if nothing is to be."""
        ...

    def get(self, name: str) -> bytes:
        """What an object holds. Raises OSError."""
        ...

    def names(self, beginning: str) -> list[str]:
        """The names that begin so, in order. Raises OSError."""
        ...

    def folders(self) -> list[str]:
        """What stands before the first `/` of the names, each once, in order. Raises OSError."""
        ...


class ArchivedChain(Chain):
    """A journal on the disk and in the archive: a record counts when it is in both."""

    def __init__(self, root: Path, place: str, archive: Archive) -> None:
        """The journal of this place, below the evidence folder as in the archive."""
        super().__init__(root / place / JOURNAL)
        self._place, self._archive = place, archive

    def append(self, record: Record) -> None:
        """Keep a record, in the archive first.

        Raises:
            Late: it is on the disk only, which does for a record that no call waits for.
            OSError: it is not kept.
        """
        try:
            line = self._put(record)
        except OSError as error:
            if record.act is Act.INTENT:
                raise
            super().append(record)
            raise Late(str(error)) from error
        self.write(line)
        if record.act is Act.CONCLUDED:  # as one object, too: of most journals no more is ever asked for
            self._archive.put(f"{self._place}/{JOURNAL}", self.path.read_bytes())

    def fetch(self, there: Iterable[str]) -> bool:
        """Bring here what the archive has more of it.

        Args:
            there: the names in the archive that belong to this journal.

        Returns:
            Whether it is concluded; one that has not begun is.

        Raises:
            Damaged: it does not chain.
            OSError: the archive can't be read, or the disk not be written.
        """
        mine, names = self.records(), set(there)
        if mine and mine[-1].act is Act.CONCLUDED:
            return True
        whole = f"{self._place}/{JOURNAL}"
        if whole in names:
            self._follow(self._archive.get(whole).splitlines(keepends=True)[len(mine) :])
        else:
            lines = sorted(name for name in names if name.startswith(self._lines))
            self._follow(map(self._archive.get, lines[len(mine) :]))
        mine = self.records()
        return not mine or mine[-1].act is Act.CONCLUDED

    @property
    def _lines(self) -> str:
        return f"{self._place}/events/"

    def _name(self, number: int) -> str:
        return f"{self._lines}{number:06}.json"

    def _put(self, record: Record) -> bytes:
        for _ in range(TRIES):
            others = {each.run for each in self._level()} - {record.run}
            if others and record.act is Act.INTENT:
                raise OSError(f"run {min(others)} has gone on with {self._archive.address}/{self._place}")
            number, line = len(self.records()) + 1, self.line(record)
            if self._archive.put(self._name(number), line):
                return line
        raise OSError(f"{self._archive.address}/{self._place} can't be gone on with: others do")

    def _level(self) -> tuple[Record, ...]:
        """Put into the archive what it has missed, and bring here what others have put there, told."""
        mine, there = self.lines(), self._archive.names(self._lines)
        for number in range(len(there) + 1, len(mine) + 1):
            if not self._archive.put(self._name(number), mine[number - 1]):
                raise OSError(f"{self._archive.address}/{self._name(number)} is not ours")
        self._follow(map(self._archive.get, there[len(mine) :]))
        return self.records()[len(mine) :]

    def _follow(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self.write(line)


def fetch(archive: Archive, root: Path, entry: str) -> list[str]:
    """Bring here what runs on other machines have left: journals, and baselines where they are not concluded.

    Args:
        archive: where it lies.
        root: the evidence folder.
        entry: the name of the entry as folders have it.

    Returns:
        A sentence for each run of which something is damaged.

    Raises:
        OSError: the archive can't be read, or the disk not be written.
    """
    damaged: list[str] = []
    for run, found in groupby(archive.names(f"{JOURNALS}/{entry}/"), key=lambda name: name.split("/")[2]):
        place, there = f"{JOURNALS}/{entry}/{run}", set(found)
        try:
            if not (run == ".." or ArchivedChain(root, place, archive).fetch(there)):
                _fetch_folder(archive, root, f"{place}/{BASELINE}", there)
        except Damaged as error:
            damaged.append(f"what an earlier run has left in {archive.address} can't be read: {error}")
    return damaged


def fetch_bundle(archive: Archive, root: Path, name: str) -> bool:
    """Bring the evidence of a run here; whether it is here, which half of it never is.

    Raises:
        OSError: the archive can't be read, what it has is not what was put there, or the disk can't be written.
    """
    return (root / name).exists() or _fetch_folder(archive, root, name, set(archive.names(f"{name}/")))


def _fetch_folder(archive: Archive, root: Path, place: str, there: set[str]) -> bool:
    """Bring a folder here, if it is whole there and not here yet; whether it is here."""
    folder = root / place
    if folder.exists() or f"{place}/{MANIFEST}" not in there:
        return folder.exists()
    making, listed = folder.with_name(f".{folder.name}{PARTIAL}"), archive.get(f"{place}/{MANIFEST}")
    files = {MANIFEST: listed}
    for line in listed.decode(errors="replace").splitlines():
        sha256, _, file = line.partition("  ")
        files[file] = archive.get(f"{place}/{file}") if f"{place}/{file}" in there else b""
        if hashlib.sha256(files[file]).hexdigest() != sha256 or {"/", ".."} & {*PurePosixPath(file).parts}:
            raise Damaged(f"{archive.address}/{place}/{file} is not what {MANIFEST} says")
    about = {name.removeprefix(f"{place}/") for name in there} - files.keys() - {""}
    files |= {file: archive.get(f"{place}/{file}") for file in about if _BESIDE.fullmatch(file)}
    for file, body in files.items():
        (making / file).parent.mkdir(parents=True, exist_ok=True)
        (making / file).write_bytes(body)
    making.rename(folder)
    return True


def send(archive: Archive, root: Path, folder: Path) -> None:
    """Put all files of a folder into the archive, its manifest last. What is there already is not put again.

    Finished evidence is put for good, and the receipt for it lies beside it: `BUNDLE.receipt.json`. What lies beside a
    journal is not: it is of use until the run has come to its verdict, and goes on changing.

    Raises:
        OSError: they are not all there.
    """
    files = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path == folder / MANIFEST)
    named = [(path.relative_to(root).as_posix(), path) for path in files]
    if folder.relative_to(root).parts[0] != JOURNALS:
        ended = _ended(folder.name)
        kept = [archive.keep(name, path.read_bytes(), ended) for name, path in named]
        disk.replace(root / f"{folder.name}{RECEIPT}", _receipt(archive, folder.name, kept))
        return
    for name, path in named:
        if not archive.put(name, path.read_bytes()):
            raise OSError(f"{archive.address}/{name} is another's")


def _ended(bundle: str) -> datetime:
    """When the run ended, as the name of its evidence says."""
    return datetime.strptime(bundle.split("_")[-2], "%Y%m%dt%H%M%Sz").replace(tzinfo=UTC)


def _receipt(archive: Archive, bundle: str, kept: Iterable[Stored]) -> str:
    told = {
        "format": "plimsoll-receipt/1",
        "bundle": bundle,
        "archive": f"{archive.address}/{bundle}/",
        "objects": [asdict(each) for each in kept],
    }
    return json.dumps(told, indent=1, default=lambda at: at.isoformat()) + "\n"
