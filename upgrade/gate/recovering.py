"""What a recovery has come to: how the stack is stuck, the continuation of its rollback, how it is at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from upgrade.gate.stages import Stages
from upgrade.run.recover import Rollback

if TYPE_CHECKING:
    from collections.abc import Callable

    from upgrade.facts.operation import Operation
    from upgrade.facts.snapshot import Snapshot
    from upgrade.run.recovery import Recovery
    from upgrade.run.takeup import Begun


@dataclass(eq=False)
class Recovering(Stages):
    """The stages of one recovery."""

    work: ClassVar[str] = "recovery"
    run: Recovery

    def execute(self, too_old: Callable[[], list[str]]) -> Operation:
        """Continue the rollback, once; refused if anything it rests on is too old by then."""
        if self.operation is None:
            before = self.read_before()
            with self._under_way(Rollback(before.stack.value.arn)), self.console.activity("continuing the rollback"):
                self.operation = self.run.recover(before, too_old)
        return self.done()

    def adopt(self, begun: Begun) -> Operation:
        """Watch the continuation that an earlier run has begun; nothing is asked for."""
        if self.operation is None:
            with self._under_way(begun), self.console.activity(f"watching what run {begun.run} has begun"):
                self.operation = self.run.adopt(begun)
        return self.done()

    def read_after(self) -> Snapshot:
        """How the stack is at rest."""
        if self.after is None:
            with self.console.activity("reading facts again"):
                self.after = self.run.collect_after(self.read_before())
        return self.after
