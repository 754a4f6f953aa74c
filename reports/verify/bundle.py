"""What is verified: the files of a bundle, each read once."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from reports.record import Record
from reports.seal.bag import files, sha256
from reports.views import RECORD

LARGEST = 64 * 2**20
"""Bytes of a file that is looked into; of a larger one only the hash is."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder as it was found."""

    folder: Path
    sums: Mapping[str, str]
    """sha256 of every file, by name."""
    sizes: Mapping[str, int]
    links: tuple[str, ...]
    """What is no ordinary file: symbolic links, devices. Evidence has none."""
    record: Record | None
    why: str
    """Why there is no record; empty if there is one."""

    @classmethod
    def read(cls, folder: Path) -> "Bundle":
        """Look at all files.

        Raises:
            OSError: the folder is none, or can't be read.
        """
        next(folder.iterdir(), None)
        sums, sizes, links = dict[str, str](), dict[str, int](), list[str]()
        for name in files(folder):
            path = folder / name
            if path.is_symlink() or not path.is_file():
                links.append(name)
                continue
            content = path.read_bytes()
            sums[name], sizes[name] = sha256(content), len(content)
        record, why = _record(folder / RECORD) if RECORD in sums else (None, f"{RECORD} is missing")
        return cls(folder, MappingProxyType(sums), MappingProxyType(sizes), tuple(links), record, why)

    def content(self, name: str) -> bytes | None:
        """Of a file; None if there is none."""
        return (self.folder / name).read_bytes() if self.sizes.get(name, LARGEST + 1) <= LARGEST else None

    def text(self, name: str) -> str:
        """Of a file; empty if there is none. What is no UTF-8 shows as such, and matches nothing."""
        return (self.content(name) or b"").decode(errors="backslashreplace")

    def below(self, folder: str) -> Iterator[str]:
        """Names of the files in a folder of it."""
        return (name for name in self.sums if name.startswith(f"{folder}/"))


def _record(path: Path) -> tuple[Record | None, str]:
    try:
        return Record.model_validate(json.loads(path.read_text(encoding="utf-8"))), ""
    except OSError as error:
        return None, f"{RECORD}: {error.strerror}"
    except (ValueError, RecursionError) as error:  # pydantic's own is a ValueError
        return None, f"{RECORD} is no record that this version of Plimsoll reads: {str(error).splitlines()[0]}"
