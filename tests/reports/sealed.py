"""A sealed bundle, and what an attacker without the key does to one."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree.ElementTree import fromstring, tostring

from reports.folder import Folder
from reports.seal import bag
from reports.seal.signer import KeyFile, Signer, read_public
from reports.views import MANIFEST
from sandbox.scenarios.keys import write_pair
from tests import builders as facts
from tests.reports import builders
from upgrade.facts.journal import Act
from upgrade.facts.journal import Record as Line
from upgrade.gate.decision import Happened, decide
from upgrade.gate.evidence import Evidence

TEMPLATE = replace(facts.template("v4.0.0"), text="Resources: {A: {Type: AWS::SNS::Topic}}\n")


def consistent(**changes: Any) -> Evidence:
    """Evidence of an upgrade whose verdict follows from what its checks said."""
    before = facts.snapshot(
        template=facts.known(TEMPLATE), target=facts.known(replace(TEMPLATE, text="Resources: {}\n"))
    )
    made = builders.evidence(**{"before": before, **changes})
    token = f"plimsoll-{made.run_id}"
    operation = replace(made.operation, token=token) if made.operation else None
    happened = Happened(made.mode, made.entries, operation)
    return replace(made, operation=operation, happened=happened, decision=decide(happened))


def signer(folder: Path) -> KeyFile:
    """A key, made anew."""
    folder.mkdir(parents=True, exist_ok=True)
    private, _ = write_pair(folder, "seal")
    return KeyFile(private)


def written(root: Path, key: Signer | None, evidence: Evidence | None = None) -> Path:
    """A bundle, as a run leaves it."""
    evidence = evidence or consistent()
    folder = Folder(root)
    folder.signer = key
    if evidence.operation:
        told = {"token": evidence.operation.token}
        line = Line(Act.INTENT, evidence.started, evidence.run_id, "cloudformation:ExecuteChangeSet", told)
        folder.chain(evidence.entry, evidence.run_id).append(line)
    made = folder.write(evidence)
    assert made.problems == ()
    return made.bundle


_HOME = TemporaryDirectory(prefix="plimsoll-test-")


@cache
def _original() -> tuple[Path, bytes]:
    home = Path(_HOME.name)
    bundle = written(home / "evidence", signer(home))
    return bundle, read_public(home / "seal.pub.pem")


def sealed(folder: Path) -> tuple[Path, bytes]:
    """A copy of a sealed bundle, to be changed at will, and the public key (DER)."""
    original, public = _original()
    return Path(copytree(original, folder / original.name)), public


def names() -> tuple[str, ...]:
    """Of all its files."""
    return tuple(bag.files(_original()[0]))


def rehash(bundle: Path) -> None:
    """Make the hashes fit again, as whoever has no key can."""
    payload = {name: bag.sha256((bundle / name).read_bytes()) for name in bag.files(bundle) if name.startswith("data/")}
    (bundle / bag.MANIFEST).write_text(bag.lines(payload))
    told = bag.labels((bundle / bag.INFO).read_text())
    octets = sum((bundle / name).stat().st_size for name in payload)
    told.pop("Payload-Oxum")
    (bundle / bag.INFO).write_text(bag.info(told, octets, len(payload)))
    root = {name: bag.sha256((bundle / name).read_bytes()) for name in bag.TAGS}
    (bundle / bag.ROOT).write_text(bag.lines(root))


def edited(bundle: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the record and make the hashes fit again."""
    path = bundle / "data/record.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document, indent=1) + "\n")
    rehash(bundle)


def without_check(bundle: Path, id_: str, *, everywhere: bool) -> None:
    """Drop a check from record and JUnit alike, from the list of required ones too, and make hashes and totals fit."""

    def drop(document: dict[str, Any]) -> None:
        gone = next(check for check in document["checks"] if check["id"] == id_)
        document["checks"].remove(gone)
        document["totals"][gone["outcome"]] -= 1

    edited(bundle, drop)
    for name in ("junit.xml", "junit-strict.xml"):
        junit = bundle / "data/report" / name
        suites = fromstring(junit.read_bytes())  # noqa: S314  # our own
        for suite in suites:
            for case in suite.findall("testcase"):
                if case.get("name", "").endswith(id_):
                    suite.remove(case)
            suite.set("tests", str(len(suite.findall("testcase"))))
        junit.write_bytes(tostring(suites))
    if everywhere:
        listed = bundle / MANIFEST
        head, *rows = listed.read_text().split("\n[[checks]]\n")
        listed.write_text("\n[[checks]]\n".join([head, *(row for row in rows if f'"{id_}"' not in row)]))
    rehash(bundle)
