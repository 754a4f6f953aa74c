"""Files that are on the disk when we say so, whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import IO


def write(path: Path, text: str) -> None:
    """Write a text down to the disk, as UTF-8."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file down to the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, text: str) -> None:
    """Old content or new, never half of it, whenever the machine stops."""
    making = path.with_name(f".{path.name}.{os.getpid()}")
    write(making, text)
    making.replace(path)
    sync(path.parent)


def hold(folder: Path, size: int) -> IO[bytes]:
    """Take so many bytes of a disk until the file is closed; it has no name, so however the process ends they are free.

    Raises:
        OSError: there are not so many.
    """
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # the caller's
    file.write(os.urandom(size))  # what no file system can make smaller
    file.flush()
    os.fsync(file.fileno())
    return file


def sync(directory: Path) -> None:
    """A new name is on the disk only when its directory is."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
