"""What of a bundle is attached to a change request (ServiceNow and the like). Pure but for reading the bundle.

It names the bundle's own files, so it lies outside of the bundle. docs/servicenow.md tells how it is uploaded.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

LIST = "attachments.json"

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file can tell: the same bundle always makes the same file."""
_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file to attach."""

    name: str
    """As the change request shows it: with the bundle's name, so that those of two runs differ."""
    media_type: str
    sha256: str
    size: int
    """Bytes."""


def attachments(bundle: Path) -> Iterator[tuple[Attachment, bytes]]:
    """Each file to attach and what it holds: the report page, the strict JUnit file and the whole bundle as one zip.

    Raises:
        OSError: the bundle can't be read.
    """
    data = bundle / "data" / "report"
    yield _made(f"{bundle.name}.html", "text/html", (data / "report.html").read_bytes())
    yield _made(f"{bundle.name}.xml", "application/xml", (data / "junit-strict.xml").read_bytes())
    yield _made(f"{bundle.name}.zip", "application/zip", zipped(bundle))


def write(bundle: Path, folder: Path) -> list[Attachment]:
    """Write the files to attach, and `attachments.json`, which lists them.

    Raises:
        OSError: the bundle can't be read or the folder not be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    for attachment, content in attachments(bundle):
        (folder / attachment.name).write_bytes(content)
        listed.append(attachment)
    rows = {"bundle": bundle.name, "attachments": [asdict(each) for each in listed]}
    (folder / LIST).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return listed


def zipped(bundle: Path) -> bytes:
    """The bundle as a zip file, byte for byte the same everywhere: sorted, without times, owners or the machine's modes.

    It is not compressed: what a compressor writes changes with its version.

    Raises:
        OSError: it can't be read.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(each for each in bundle.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(f"{bundle.name}/{path.relative_to(bundle).as_posix()}", _EPOCH)
            entry.external_attr = _MODE
            entry.create_system = 3  # Unix: without it the same bundle is another file on Windows
            archive.writestr(entry, path.read_bytes())
    return made.getvalue()


def _made(name: str, media_type: str, content: bytes) -> tuple[Attachment, bytes]:
    return Attachment(name, media_type, hashlib.sha256(content).hexdigest(), len(content)), content
