"""Writes a folder that has its name only when it is whole, on the disk, and holds no secret."""

import shutil
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from reports import disk
from reports.archive import PARTIAL
from reports.redact import REDACTION, Secrets, account
from reports.seal import bag


def write(folder: Path, files: Iterable[tuple[str, str]], net: Secrets, tags: bag.Tags | None = None) -> None:
    """Write a folder of evidence.

    Args:
        folder: what it is to be; nothing of this name is there.
        files: name and text of each, taken one at a time.
        net: what no file may hold.
        tags: what it says of itself; None for a folder that only a later run reads, which has a manifest and no more. With
            them it also says what was kept out of its files.

    Raises:
        LeakError: a file would hold a secret; none is left.
        OSError: the disk.
    """
    making = folder.with_name(f".{folder.name}{PARTIAL}")
    try:
        _write(making, files, net, tags)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    disk.sync(folder.parent)


def _write(folder: Path, files: Iterable[tuple[str, str]], net: Secrets, tags: bag.Tags | None) -> None:
    sums: dict[str, str] = {}
    octets = 0
    for name, text in files if tags is None else chain(files, _account(net)):
        content = _put(folder, name, text, net)
        sums[name], octets = bag.sha256(content), octets + len(content)
    about = {bag.MANIFEST: bag.lines(sums)}
    if tags is not None:
        about |= {
            bag.DECLARATION: bag.DECLARED,
            bag.INFO: bag.info(tags.labels, octets, len(sums)),
            bag.GUIDE: tags.guide,
        }
    root = {name: bag.sha256(_put(folder, name, text, net)) for name, text in about.items()}
    if tags is not None:
        _put(folder, bag.ROOT, bag.lines(root), net)
    for directory in {folder, *((folder / name).parent for name in sums)}:
        disk.sync(directory)


def _account(net: Secrets) -> Iterator[tuple[str, str]]:
    """What was kept out of all that was written before."""
    yield REDACTION, account(net)


def _put(folder: Path, name: str, text: str, net: Secrets) -> bytes:
    net.scan(name, text)
    path, content = folder / name, text.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    disk.write_bytes(path, content)
    return content
