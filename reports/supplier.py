"""`python -m reports.supplier`: what a customer's supplier assessment asks of Plimsoll itself, as one folder.

`pack` writes it with a release, `check` compares an installation with it. docs/supplier.md tells what each file says.
"""

import argparse
import hashlib
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, parse, tostring

from reports import sbom
from upgrade import requirements
from upgrade.catalogue import catalogue
from upgrade.errors import PlimsollError

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDERS = ("checks", "products", "reports", "sandbox", "upgrade")
FILES = ("LICENSE", "conftest.py", "pyproject.toml", "pytest.ini")
"""What an installation is made of."""

HASHES, MANIFEST = "files-sha256.txt", "manifest-sha256.txt"
REPORT, SBOM, TESTS = "test-report.json", "sbom.cdx.json", "tests.xml"
COPIED = {
    "requirements.toml": "checks/requirements.toml",
    "limits.md": "docs/limits.md",
    "supplier.md": "docs/supplier.md",
}

FAILED, USAGE = 1, 4


class SupplierError(PlimsollError):
    """The pack can't be made or read."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0: tests passed, or the installation is the recorded one; 1: not."""
    parser = argparse.ArgumentParser(prog="python -m reports.supplier")
    commands = parser.add_subparsers(dest="command", required=True)
    packing = commands.add_parser("pack", help="write the pack of this release")
    packing.add_argument("folder", type=Path, metavar="FOLDER")
    packing.add_argument("--junit", type=Path, required=True, metavar="FILE", help="of `pytest tests --junitxml=FILE`")
    checking = commands.add_parser("check", help="compare this installation with the pack of its release")
    checking.add_argument("folder", type=Path, metavar="FOLDER")
    asked = parser.parse_args(arguments)
    try:
        return _pack(asked.folder, asked.junit) if asked.command == "pack" else _check(asked.folder)
    except (PlimsollError, OSError) as error:
        parser.exit(USAGE, f"{error}\n")


def write(folder: Path, junit: Path, checkout: Path = CHECKOUT) -> dict[str, int]:
    """Write the pack; the totals of its tests.

    Args:
        folder: where to.
        junit: JUnit of Plimsoll's own tests.
        checkout: whose files are hashed.

    Raises:
        SupplierError: there is no such report of tests, or it tells none.
        OSError: a file can't be read or written.
    """
    suites = _read(junit)
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in COPIED.items():
        shutil.copyfile(checkout / source, folder / name)
    report = own_tests(suites)
    hashes = "".join(f"{sha256}  {name}\n" for name, sha256 in installed(checkout).items())
    made = {
        TESTS: tostring(suites, encoding="unicode") + "\n",
        REPORT: json.dumps(report, indent=1) + "\n",
        SBOM: sbom.render(),
        HASHES: hashes,
    }
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    listed = sorted([*made, *COPIED])
    (folder / MANIFEST).write_text("".join(f"{_sha256(folder / name)}  {name}\n" for name in listed), encoding="utf-8")
    totals: dict[str, int] = report["totals"]
    return totals


def own_tests(suites: Element) -> dict[str, Any]:
    """Which requirement is served by which checks, and how the tests of each have ended."""
    cases = [(case.get("classname", "").rpartition(".")[2], _outcome(case)) for case in suites.iter("testcase")]
    by_module: dict[str, Counter[str]] = {}
    for module, outcome in cases:
        by_module.setdefault(module, Counter())[outcome] += 1
    tested = {info.id: by_module.get(f"test_check_{info.id.replace('-', '_')}", Counter()) for info in catalogue()}
    serving = {id_: [info.id for info in catalogue() if id_ in info.requirements] for id_ in requirements.known()}
    return {
        "plimsoll": version("plimsoll"),
        "requirements_sha256": requirements.digest(requirements.known().values()),
        "totals": _totals(Counter(outcome for _, outcome in cases)),
        "requirements": [
            {**asdict(each), "checks": [{"id": id_, **_totals(tested[id_])} for id_ in serving[each.id]]}
            for each in requirements.known().values()
        ],
        "untested": [id_ for id_, outcomes in tested.items() if not outcomes["passed"]],
    }


def installed(checkout: Path = CHECKOUT) -> dict[str, str]:
    """sha256 of every file of an installation, by its path."""
    found = [path for folder in FOLDERS for path in (checkout / folder).rglob("*") if _counts(path)]
    found += (checkout / name for name in FILES if (checkout / name).is_file())
    return {path.relative_to(checkout).as_posix(): _sha256(path) for path in sorted(found)}


def differences(recorded: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    """How an installation differs from the recorded one, a line a file."""
    for name in sorted({*recorded, *found}):
        if name not in found:
            yield f"missing: {name}"
        elif name not in recorded:
            yield f"added: {name}"
        elif recorded[name] != found[name]:
            yield f"changed: {name}"


def recorded(folder: Path) -> dict[str, str]:
    """What a pack has recorded, in the shape of `installed`.

    Raises:
        SupplierError: it has no list of files.
    """
    try:
        lines = (folder / HASHES).read_text(encoding="utf-8").splitlines()
        return {name: sha256 for sha256, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError) as error:
        raise SupplierError(f"{folder / HASHES}: can't be read ({error})") from None


def _pack(folder: Path, junit: Path) -> int:
    totals = write(folder, junit)
    told = ", ".join(f"{number} {what}" for what, number in totals.items() if number)
    sys.stdout.write(f"{folder}: {told}\n")
    return FAILED if totals["failed"] else 0


def _check(folder: Path) -> int:
    listed = recorded(folder)
    differing = list(differences(listed, installed()))
    sys.stdout.write("".join(f"{line}\n" for line in differing))
    sys.stdout.write(
        f"{len(listed)} files recorded: {f'{len(differing)} differ' if differing else 'all as recorded'}\n"
    )
    return FAILED if differing else 0


def _read(junit: Path) -> Element:
    try:
        suites = parse(junit).getroot()  # noqa: S314  # made by pytest, right before
    except (OSError, ParseError) as error:
        raise SupplierError(f"{junit}: no report of tests ({error}): pytest tests --junitxml={junit}") from None
    if suites.find(".//testcase") is None:
        raise SupplierError(f"{junit}: tells no test")
    for suite in suites.iter("testsuite"):
        suite.attrib.pop("hostname", None)  # of whoever made the release
    return suites


def _outcome(case: Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "passed" if case.find("skipped") is None else "skipped"


def _totals(outcomes: Counter[str]) -> dict[str, int]:
    return {"tests": outcomes.total(), **{what: outcomes[what] for what in ("passed", "failed", "skipped")}}


def _counts(path: Path) -> bool:
    """Whether a file is ours: Python's own caches are made anew on each machine."""
    return path.is_file() and "__pycache__" not in path.parts


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
