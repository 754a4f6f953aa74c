"""Files that are on the disk when we say so, whole or not at all."""

import os
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Write a file down to the disk."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, text: str) -> None:
    """Old content or new, never half of it, whenever the machine stops."""
    making = path.with_name(f".{path.name}.{os.getpid()}")
    write(making, text)
    making.replace(path)
    sync(path.parent)


def sync(directory: Path) -> None:
    """A new name is on the disk only when its directory is."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
