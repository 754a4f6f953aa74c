"""Earlier runs for the same stack and target, from their evidence: a run that is repeated until it is green shows the red."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from reports.latest import safe_name
from reports.provenance import Attempt
from reports.seal.bag import INFO, ROOT, labels, sha256
from upgrade.gate.mode import Mode

PREFIX = "Plimsoll-"
"""How our labels in bag-info.txt begin."""


def told(attempt: Mapping[str, object]) -> dict[str, str]:
    """What a bag-info.txt says of its run, by label."""
    return {f"{PREFIX}{name.replace('_', '-').title()}": str(value) for name, value in attempt.items()}


def read(folder: Path, entry: str, account: str, target: str, *, sandbox: bool) -> tuple[Attempt, ...]:
    """Every run for a stack and target whose evidence lies in a folder, the oldest first.

    Those that only looked (`--read-only`, every night perhaps) are no attempts. Evidence of earlier versions of Plimsoll
    does not tell enough, and is left out.

    Args:
        folder: of the evidence.
        entry: the stack's entry in stacks.toml.
        account: its account.
        target: address of the template.
        sandbox: whether this run is in a sandbox.
    """
    wanted = told({"entry": entry, "account": account, "target": target, "sandbox": sandbox})
    found = [
        attempt
        for bundle, info in _of_entry(folder, entry)
        if wanted.items() <= info.items() and (attempt := _attempt(bundle, info)) and attempt.mode != Mode.READ_ONLY
    ]
    return tuple(sorted(found, key=lambda each: (each.finished, each.run)))


def _of_entry(folder: Path, entry: str) -> Iterator[tuple[Path, dict[str, str]]]:
    name = re.compile(rf"[a-z0-9-]+_{re.escape(safe_name(entry))}_\d{{8}}t\d{{6}}z_[a-z0-9]+")
    for path in folder.glob(f"*/{INFO}"):
        if name.fullmatch(path.parent.name):
            try:
                yield path.parent, labels(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue


def _attempt(bundle: Path, info: Mapping[str, str]) -> Attempt | None:
    names = set(Attempt.model_fields) - {"bundle", "root_sha256"}
    try:
        about = {name: info[next(iter(told({name: ""})))] for name in names}
        return Attempt.model_validate(
            {**about, "bundle": bundle.name, "root_sha256": sha256((bundle / ROOT).read_bytes())}
        )
    except (OSError, KeyError, ValueError):
        return None
