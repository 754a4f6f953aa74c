"""The requirements of an upgrade as data, which checks name by id: `checks/requirements.toml`.

Light: the catalogue reads it before anything heavy is imported.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from upgrade.errors import PlimsollError

FILE = Path(__file__).resolve().parents[1] / "checks" / "requirements.toml"


class Qualification(StrEnum):
    """Which part of a qualification a requirement belongs to, in the terms of GAMP 5."""

    IQ = "IQ"
    """Installed as specified."""
    OQ = "OQ"
    """Works as intended."""
    PQ = "PQ"
    """Fit for the users' own work: only the customer can show it, so no check claims it."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement."""

    id: str
    """Never changes its meaning."""
    text: str
    """What must hold, as a sentence without full stop."""
    qualification: Qualification
    source: str
    """The step of the vendor's upgrade guide, or the duty, that it comes from."""


class RequirementsError(PlimsollError):
    """The requirements can't be read, or a check names one that is not there."""


@cache
def known(file: Path = FILE) -> dict[str, Requirement]:
    """All requirements by id, in the order of the file.

    Raises:
        RequirementsError: the file can't be read, lacks something or has an id twice.
    """
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))["requirements"]
        read = [Requirement(**{**row, "qualification": Qualification(row["qualification"])}) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RequirementsError(f"{file}: can't be read ({error}): bring it back (git checkout)") from None
    by_id = {each.id: each for each in read}
    if len(by_id) < len(read) or not all(each.id and each.text and each.source for each in read):
        raise RequirementsError(f"{file}: an id stands twice, or a text is empty")
    return by_id


def chosen(ids: Iterable[str]) -> tuple[Requirement, ...]:
    """The requirements of these ids.

    Raises:
        RequirementsError: there is none of an id, or it is the customer's own (PQ).
    """
    of = known()
    for id_ in ids:
        if id_ not in of:
            raise RequirementsError(f"there is no requirement {id_!r} in {FILE.name}")
        if of[id_].qualification is Qualification.PQ:
            raise RequirementsError(f"{id_} is the customer's to show ({of[id_].qualification}): no check can claim it")
    return tuple(of[id_] for id_ in ids)


def digest(requirements: Iterable[Requirement]) -> str:
    """sha256 of a set of requirements: of their canonical JSON, as `jq -cjS .requirements data/record.json` writes it."""
    rows = [asdict(each) for each in requirements]
    return hashlib.sha256(json.dumps(rows, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
