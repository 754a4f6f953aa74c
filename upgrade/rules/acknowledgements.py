"""What only a person can know, stated for one pair of versions; of the moment of execution, not long before it. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from upgrade.catalogue import When
from upgrade.config.entry import StackEntry
from upgrade.config.product import parse_version
from upgrade.facts.review import Acknowledgement

KNOWN: Mapping[str, When] = {
    "backup_upgraded": When.PLAN,
    "custom_images": When.PLAN,
    "enlarged_volume": When.PLAN,
    "maintenance_mode": When.START,
    "maintenance_over": When.START,
}
"""What can be acknowledged, and whether it is a statement about the plan or about the moment of execution."""

SKIP = "skip:"
"""Before the name of a resource: that a rollback is to be continued without it. Stated on the command line only."""

FRESH = timedelta(hours=12)
"""How long a statement about the moment of execution counts."""


def configured(entry: StackEntry) -> tuple[Acknowledgement, ...]:
    """The statements of the configuration."""
    return tuple(
        Acknowledgement(id_, said.by, said.at, said.from_, said.to) for id_, said in sorted(entry.acknowledge.items())
    )


def problem(id_: str, acknowledged: Iterable[Acknowledgement], versions: tuple[str, str], now: datetime) -> str | None:
    """Why nothing that was stated counts, a clause; None if something does.

    Args:
        id_: what must have been stated.
        acknowledged: all that was.
        versions: deployed and target.
        now: the moment that is judged.
    """
    problems = [_problem(each, versions, now) for each in acknowledged if each.id == id_]
    if None in problems:
        return None
    return "; ".join(filter(None, problems)) or f"nobody has acknowledged {id_}"


def _same(said: str, is_: str) -> bool:
    """`3.8.2` and `v3.8.2` are one version."""
    return said == is_ or (parse_version(said) is not None and parse_version(said) == parse_version(is_))


def _problem(said: Acknowledgement, versions: tuple[str, str], now: datetime) -> str | None:
    who = f"{said.by} acknowledged {said.id}"
    if not all(map(_same, (said.deployed, said.target), versions)):
        return f"{who} for {said.deployed} → {said.target}, this upgrade is {versions[0]} → {versions[1]}"
    if said.at > now:
        return f"{who} with a time in the future, {said.at:%Y-%m-%d %H:%M %Z}"
    if KNOWN.get(said.id) is When.START and now - said.at > FRESH:
        return f"{who} at {said.at:%Y-%m-%d %H:%M %Z}, more than {FRESH.total_seconds() / 3600:.0f} hours ago"
    return None
