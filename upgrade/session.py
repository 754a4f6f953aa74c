"""One run of the gate as an object, without pytest: what the plugin's fixtures call, in the order of the flow."""

from collections.abc import Callable, Mapping
from datetime import datetime

from upgrade.clock import Clock, SystemClock
from upgrade.config import StackEntry, Stacks
from upgrade.facts.call import Call
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Unknown
from upgrade.facts.operation import Operation
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Event
from upgrade.product import Product

Progress = Callable[[Event | str], None]
"""Told while a run waits: an event of our operation, or a sentence."""


class Run:
    """One run: configuration and credentials first, then facts, plan, execution, facts again."""

    run_id: str
    entry: StackEntry
    product: Product
    target: str
    """Address of the template to upgrade to."""
    clock: Clock
    started: datetime

    def __init__(
        self,
        stacks: Stacks,
        name: str,
        *,
        to: str | None = None,
        minutes: float | None = None,
        clock: Clock | None = None,
        progress: Progress = lambda _: None,
    ) -> None:
        """Understand everything that needs no AWS call.

        Raises:
            UsageError: unknown entry or product, no target, a secret not in the environment, no credentials.
        """
        raise NotImplementedError

    def collect_before(self) -> Snapshot:
        """Read everything the preflight checks judge."""
        raise NotImplementedError

    def make_plan(self, before: Snapshot) -> Fact[Plan]:
        """Make our change set and read it."""
        raise NotImplementedError

    def execute(self, before: Snapshot, plan: Plan) -> Operation:
        """Read the volatile facts again; if none has moved, execute the change set and watch it to its end."""
        raise NotImplementedError

    def collect_after(self, before: Snapshot) -> Snapshot:
        """Read everything the postflight checks judge, the application given time to become healthy."""
        raise NotImplementedError

    def discard_plan(self, plan: Plan) -> Unknown | None:
        """Delete our change set; None if it is gone, else why it is not."""
        raise NotImplementedError

    def calls(self) -> tuple[Call, ...]:
        """Every AWS call so far, in order of their start."""
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        """Versions of what the run stands on, and the endpoint its calls went to."""
        raise NotImplementedError


__all__ = ["Progress", "Run", "SystemClock"]
