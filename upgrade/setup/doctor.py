"""`python -m upgrade doctor`: what stands in the way of a first gate, all at once, each with what to do."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from reports import latest
from reports.seal.signer import KeyFile, fingerprint
from upgrade.config.stacks import DEMO, Stacks
from upgrade.errors import UsageError
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.run.session import Run

MOST_SKEW = 60.0
"""Seconds the clock may be off. AWS refuses signatures that are off by five minutes.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html"""

FACTS = (
    "stack", "resources", "template", "target", "lint", "drift", "databases", "target_groups", "deploy_role", "backup",
)  # fmt: skip
"""Facts whose absence is told one by one; the rest follows from the same causes."""

LINKED = frozenset({"deploy_role", "backup"})
"""Those that are blocked for a reason of their own: the entry they refer to is for another account."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was looked at."""

    what: str
    said: str
    do: str = ""
    """What to do; empty where nothing is wrong."""


def examine(stacks: Stacks | None, name: str, evidence: Path) -> Iterator[Told]:
    """Look at everything a gate needs, the cheapest first; without stacks at this machine alone."""
    yield from _packages()
    yield _evidence(evidence)
    if name == DEMO:
        yield _sandbox()
    if stacks is None:
        return
    try:
        run = Run(stacks, name)
    except UsageError as error:
        yield Told("configuration", str(error), "correct it: nothing can be asked before")
        return
    run.aws.guard.install()
    try:
        yield from _aws(run)
        yield _seal(run, stacks)
    finally:
        run.aws.guard.remove()


def _packages() -> Iterator[Told]:
    """What is installed against what this project asks for."""
    try:
        lines = requires("plimsoll") or []
    except PackageNotFoundError:
        yield Told("plimsoll", "is not installed", "pip install -e .")
        return
    for line in lines:
        asked = Requirement(line)
        if asked.marker is not None and not asked.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(asked.name)
        except PackageNotFoundError:
            yield Told(asked.name, "is not installed", "pip install -e .")
            continue
        fits = asked.specifier.contains(found, prereleases=True)
        said = found if fits else f"{found}, and {asked.specifier} is needed"
        yield Told(asked.name, said, "" if fits else f"pip install --upgrade '{asked.name}{asked.specifier}'")


def _seal(run: Run, stacks: Stacks) -> Told:
    """What seals the evidence; KMS is asked for its public key."""
    configured = run.entry.evidence
    if not (configured.kms_key_id or configured.signing_key):
        return Told("seal", "none: evidence is unsigned, and says so")
    try:
        file = configured.signing_key
        signer = KeyFile(stacks.file.parent / file) if file else run.signer()
        public = fingerprint(signer.public_key()) if signer else ""
    except (UsageError, OSError) as error:
        return Told("seal", str(error), "make a P-256 key and allow its use to who seals: docs/record.md#the-seal")
    return Told("seal", f"{file or configured.kms_key_id}, fingerprint {public}")


def _evidence(folder: Path) -> Told:
    try:
        latest.probe(folder)
    except UsageError as error:
        room = f"{latest.ROOM // 2**20} MiB"
        do = f"make it writable, with {room} free, or choose another with --evidence=DIR"
        return Told("evidence folder", str(error), do)
    return Told("evidence folder", f"{folder} can be written")


def _sandbox() -> Told:
    if find_spec("moto") is None:
        return Told("sandbox", "moto is not installed, and the sandbox stands on it", "pip install -e '.[sandbox]'")
    return Told("sandbox", f"moto {version('moto')}")


def _aws(run: Run) -> Iterator[Told]:
    yield _region(run)
    yield _endpoint(run)
    identity = run.who()
    if isinstance(identity, Unknown):
        yield Told("identity", str(identity), _REMEDIES.get(identity.reason, "see what AWS answered"))
        yield from _clock(run)
        return
    expected, found = run.entry.account_id, identity.value.account
    wrong = "" if found == expected else f"use credentials of account {expected}, or correct account_id"
    yield Told("identity", f"{identity.value.arn} in account {found}", wrong)
    yield from _clock(run)
    yield from _archive(run)
    if not wrong:
        yield from _facts(run.collect_before())


def _region(run: Run) -> Told:
    known, region = run.aws.regions(), run.entry.region
    if region in known:
        return Told("region", region)
    return Told("region", f"{region} is none that boto3 knows", f"correct region; there are: {', '.join(known)}")


def _endpoint(run: Run) -> Told:
    if run.aws.endpoint:
        return Told("endpoint", f"{run.aws.endpoint}, a sandbox, because PLIMSOLL_SANDBOX is set")
    astray = run.astray()
    if not astray:
        return Told("endpoint", "AWS")
    named = sorted(name for name in os.environ if name.startswith("AWS_ENDPOINT_URL") and os.environ[name])
    do = f"unset {', '.join(named)}" if named else "remove endpoint_url from ~/.aws/config"
    where = ", ".join(f"{service} to {url}" for service, url in astray.items())
    return Told("endpoint", f"calls go elsewhere than to AWS: {where}", f"{do} to judge a stack in AWS")


def _clock(run: Run) -> Iterator[Told]:
    skew = run.aws.log.skew()
    if skew is None:
        yield Told("clock", "no answer told the time", "see the endpoint")
    elif abs(skew) > MOST_SKEW:
        yield Told("clock", f"off by {skew:+.0f} s against the endpoint", "set the clock (NTP): AWS refuses signatures")
    else:
        yield Told("clock", f"within {MOST_SKEW:.0f} s of the endpoint's")


def _archive(run: Run) -> Iterator[Told]:
    """Whether it can be listed. To write into it would leave something, which only a gate does."""
    try:
        archive = run.archive()
        if archive is not None:
            archive.names(".begun/")
            if unlocked := archive.unlocked():
                yield Told("archive", unlocked, "nothing can be retained in it, so no run begins")
                return
            yield Told(
                "archive", f"{archive.address} can be listed; that it can be written, the first gate makes sure of"
            )
    except (UsageError, OSError) as error:
        yield Told("archive", str(error), "allow it to who reads, or to archive_profile: docs/permissions.md")


def _facts(snapshot: Snapshot) -> Iterator[Told]:
    if snapshot.denied:
        yield Told("permissions", f"denied: {', '.join(snapshot.denied)}", "allow these to the reading role")
    else:
        yield Told("permissions", "every read is allowed")
    for name in FACTS:
        fact: Any = getattr(snapshot, name)
        what = name.replace("_", " ")
        follows = {Reason.DENIED} if name in LINKED else {Reason.BLOCKED, Reason.DENIED}
        if isinstance(fact, Unknown) and fact.reason not in follows:
            yield Told(what, str(fact), _REMEDIES.get(fact.reason, "see what AWS answered"))
        elif isinstance(fact, Known):
            yield Told(what, f"read at {_at(fact.at)}")


def _at(at: datetime) -> str:
    return f"{at:%H:%M:%S %Z}"


_REMEDIES = {
    Reason.EXPIRED: "sign in again",
    Reason.DENIED: "use credentials that may sign in there",
    Reason.TIMED_OUT: "look at the network, a proxy and the endpoint",
    Reason.BLOCKED: "give that entry credentials of its own account, or correct account_id",
    Reason.NOT_FOUND: "correct the name in stacks.toml",
    Reason.MALFORMED: "correct the address in stacks.toml",
    Reason.THROTTLED: "try again later: others call AWS too often",
}
