"""Completes a bundle whose sealing failed: signs it, verifies it, brings it home, archives it, says so in `latest.json`."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reports import disk
from reports.archive import PARTIAL, Archive
from reports.folder import Folder, Written
from reports.record import Record
from reports.seal.sealing import completed
from reports.seal.signatures import stamp
from reports.seal.signer import Signer, fingerprint
from reports.verify.bundle import Bundle
from reports.views import JUNIT, PLAN, REPORT
from upgrade.errors import UsageError
from upgrade.facts.seal import Kind


@dataclass(frozen=True, slots=True)
class Keepers:
    """What an entry of stacks.toml names for its evidence."""

    signer: Signer | None
    archive: Archive | None
    authority: str = ""
    """Address of a timestamp authority that is to witness the seal; empty if none is."""


def record_of(bundle: Path) -> Record:
    """The record of a bundle that is to be completed.

    Raises:
        UsageError: it is none.
    """
    try:
        found = Bundle.read(bundle)
    except OSError as error:
        raise UsageError(f"{bundle}: can't be read: {error.strerror}; name the folder of a run") from None
    if found.record is None:
        raise UsageError(f"{bundle}: {found.why}; name the folder of a run")
    if found.record.basis is None:
        raise UsageError(f"{bundle}: written by a version of Plimsoll that sealed nothing; it stays as it is")
    return found.record


def complete(bundle: Path, record: Record, keepers: Keepers, home: Path) -> Iterator[str]:
    """Do what is missing; a sentence for each thing that was done.

    Args:
        bundle: its folder.
        record: as it stands in it.
        keepers: as the entry names them.
        home: the evidence folder in which it belongs.

    Raises:
        UsageError: the key is not the one of the record.
        OSError: it can't be completed; what was done stays done.
    """
    signer = _fitting(record, keepers.signer)
    if problem := completed(bundle, record, signer):
        raise OSError(problem)
    yield (
        "sealed and verified" if signer else "verified; it stays unsigned, as no key was configured when it was written"
    )
    if keepers.authority:
        if signer is None:
            raise UsageError("--timestamp= is for the seal, and this bundle has none")
        stamp(bundle, signer.public_key(), keepers.authority)
        yield f"witnessed by {keepers.authority}"
    if bundle.resolve().parent != home.resolve():
        bundle = _brought(bundle, home)
        yield f"brought to {bundle}"
    folder, written = Folder(home), _written(bundle, record)
    folder.archive = keepers.archive
    if keepers.archive is not None:
        if problems := folder.send(written).problems:
            raise OSError("; ".join(problems))
        yield f"archived in {keepers.archive.address}/{bundle.name}/"
    if folder.correct(written):
        yield f"latest.json says {record.conclusion.verdict}, exit code {record.conclusion.exit_code}"


def _fitting(record: Record, signer: Signer | None) -> Signer | None:
    """The key, if it is the one that the record names."""
    seal = record.integrity
    if seal.seal is Kind.NONE:
        return None
    if signer is None or signer.kind is not seal.seal or signer.key != seal.key:
        named = " ".join(filter(None, [seal.seal, seal.key]))
        raise UsageError(
            f"the record says that {named} seals it, and stacks.toml does not name that for this entry now"
        )
    if seal.fingerprint and fingerprint(signer.public_key()) != seal.fingerprint:
        raise UsageError(f"the record names the key with the fingerprint {seal.fingerprint}, and this is another one")
    return signer


def _brought(bundle: Path, home: Path) -> Path:
    there = home / bundle.name
    home.mkdir(parents=True, exist_ok=True)
    if there.exists():
        raise OSError(f"{there} is there already")
    making = home / f".{bundle.name}{PARTIAL}"
    shutil.rmtree(making, ignore_errors=True)  # of an attempt that was broken off
    shutil.copytree(bundle, making)
    os.sync()  # before the only other copy goes
    making.rename(there)
    disk.sync(home)
    shutil.rmtree(bundle)
    return there


def _written(bundle: Path, record: Record) -> Written:
    plan = bundle / PLAN
    return Written(record, bundle, bundle / REPORT, bundle / JUNIT, plan if plan.exists() else None)
