"""What the command line says of one run, and what that makes of the configured entry. Pure."""

from dataclasses import dataclass
from pathlib import Path

from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.config.target import Target, target_of
from upgrade.facts.baseline import Baseline
from upgrade.facts.review import Rehearsal
from upgrade.rules.bound import BoundPlan


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says of one run."""

    to: str | None = None
    """A version, an address or a path in place of the configured target."""
    minutes: float | None = None
    """In place of the configured `minutes`."""
    plan: Path | None = None
    """A plan.json made before: judged or executed in place of one of our own."""
    approvals: tuple[Path, ...] = ()
    change_id: str = ""
    acknowledged: tuple[str, ...] = ()
    cancel_on_timeout: bool = False
    """Cancel the update when its time is over."""
    skips: tuple[str, ...] = ()
    """What a rollback is continued without."""
    run_id: str | None = None
    verify: bool = False
    """Judge an upgrade that was made by other means."""
    baseline: Baseline | None = None
    """How things were before it."""
    rehearsals: tuple[Rehearsal, ...] = ()
    """Upgrades of the stack on which this one has to be rehearsed."""


def asked_for(entry: StackEntry, product: Product, wish: Wish, plan: BoundPlan | None) -> tuple[StackEntry, Target]:
    """The entry and its target: what the command line or a reviewed plan names takes the configured one's place.

    Raises:
        UsageError: there is no target.
    """
    to = wish.to if plan is None else _planned(plan, entry, product)
    target = target_of(entry, product, to)
    changed: dict[str, object] = {} if wish.minutes is None else {"minutes": wish.minutes}
    if to is not None:
        changed |= {"target": target.version, "template_url": None if target.version else target.address}
    return entry.model_copy(update=changed), target


def _planned(plan: BoundPlan, entry: StackEntry, product: Product) -> str | None:
    """The target of a reviewed plan; None if it is the configured one."""
    configured = target_of(entry, product).address if entry.target or entry.template_url else ""
    return None if configured == plan.target.address else plan.target.address
