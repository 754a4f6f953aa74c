"""The bag: what makes a folder one (BagIt 1.0, RFC 8493), and the one small file that a signature covers.

`manifest-sha256.txt` has the hash of every file under data/, `tagmanifest-sha256.txt` that of the manifest and of the
other files beside it: whoever signs the second signs them all. https://www.rfc-editor.org/rfc/rfc8493
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MANIFEST, ROOT = "manifest-sha256.txt", "tagmanifest-sha256.txt"
DECLARATION, INFO, GUIDE = "bagit.txt", "bag-info.txt", "VERIFY.md"
TAGS = (DECLARATION, INFO, GUIDE, MANIFEST)
"""The files that the root lists, and no other."""
PAYLOAD, SIGNATURES = "data", "signatures"

DECLARED = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)")
"""A hash and a name. Names are ASCII without spaces, so that every system keeps them and nothing has to be encoded."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What a bag says of itself."""

    labels: Mapping[str, str]
    """Of bag-info.txt; one line each."""
    guide: str
    """The text of VERIFY.md."""


class Malformed(ValueError):  # noqa: N818  # what it is
    """A file of the bag is not as it is written."""


def lines(sums: Mapping[str, str]) -> str:
    """A manifest: hash and name of each file, as `sha256sum -c` reads it."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def parse(text: str, file: str) -> dict[str, str]:
    """Hash by name.

    Raises:
        Malformed: a line is none of a manifest's, or names a file outside or one twice.
    """
    sums: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None or not _is_inside(found[2]) or found[2] in sums:
            raise Malformed(f"{file}, line {number}: no hash with the name of a file inside")
        sums[found[2]] = found[1]
    if lines(sums) != text:
        raise Malformed(f"{file}: not in order, or its last line has no end")
    return sums


def info(told: Mapping[str, str], octets: int, files: int) -> str:
    """`bag-info.txt`.

    Args:
        told: label to text; one line each.
        octets: bytes under data/.
        files: their number.
    """
    labels = {**told, "Payload-Oxum": f"{octets}.{files}"}
    return "".join(f"{label}: {' '.join(text.split())}\n" for label, text in labels.items())


def labels(text: str) -> dict[str, str]:
    """What a `bag-info.txt` says, by label."""
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def files(bundle: Path) -> Iterator[str]:
    """Names of all files in a folder, symbolic links included, in order."""
    for path in sorted(bundle.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(bundle).as_posix()


def sha256(data: bytes) -> str:
    """The hash as manifests have it."""
    return hashlib.sha256(data).hexdigest()


def _is_inside(name: str) -> bool:
    return not name.startswith("/") and not {"", ".", ".."} & set(name.split("/"))
