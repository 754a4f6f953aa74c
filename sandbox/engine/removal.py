"""Deleting resources: those of a deleted stack, those an update removed or replaced, those a rollback takes back.

What depends on others goes first. DeletionPolicy and UpdateReplacePolicy are honoured.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sandbox.engine import nested, snapshot
from sandbox.engine.handlers import Failed, Handlers
from sandbox.engine.state import STACK, Resource, Stack
from sandbox.engine.world import Region

TRIES = 3
"""How often the clean-up after an update tries to delete a resource, before it leaves it behind."""


@dataclass
class Removal:
    """Deletes resources of one stack."""

    region: Region
    stack: Stack
    policy: Callable[[Resource], str]
    """What becomes of the physical resource: Delete, Retain or Snapshot."""
    fault: str = "delete"
    """The action whose fault counts: delete or rollback."""
    tries: int = 1
    listed: bool = True
    """Whether the stack lists the resources, so that their status changes; a replaced one is listed no more."""
    retain: Collection[str] = ()
    """Logical ids the caller asked to keep."""
    failed: list[str] = field(default_factory=list)

    def remove(self, resources: Sequence[Resource]) -> list[str]:
        """Delete them in waves, dependants first; the logical ids of those that could not be."""
        for wave in waves(resources):
            ready = [row for row in wave if not self._is_needed(row, resources)]
            kept = [row for row in ready if self._keeps(row)]
            for row in kept:
                self._status(row, "DELETE_SKIPPED")
            going = [row for row in ready if row not in kept]
            self._delete(going)
        return self.failed

    def _delete(self, rows: Sequence[Resource]) -> None:
        for row in rows:
            if row.physical_id:
                self._status(row, "DELETE_IN_PROGRESS")
        if any(row.physical_id for row in rows):
            self.region.knobs.wait(self.region.knobs.pace)
        for row in rows:
            self._try(row)

    def _try(self, row: Resource) -> None:
        for attempt in range(self.tries):
            if attempt:
                self._status(row, "DELETE_IN_PROGRESS")
            try:
                if row.physical_id:
                    self._call(row)
            except Failed as failure:
                self._status(row, "DELETE_FAILED", failure.reason)
            else:
                self._status(row, "DELETE_COMPLETE")
                return
        self.failed.append(row.logical_id)

    def _call(self, row: Resource) -> None:
        if row.type == STACK:
            nested.delete(self.region, row)
            return
        if self.policy(row) == "Snapshot":
            snapshot.take(self.region, self.stack, row)
        Handlers(self.region, self.stack).delete(row, fault=self.fault)

    def _keeps(self, row: Resource) -> bool:
        return bool(row.physical_id) and (row.logical_id in self.retain or self.policy(row) == "Retain")

    def _is_needed(self, row: Resource, resources: Sequence[Resource]) -> bool:
        """Something that could not be deleted still needs it. A clean-up, which leaves things behind, goes on."""
        if self.tries > 1:
            return False
        stuck = {name for name in self.failed if name not in self.retain}
        return any(other.logical_id in stuck and row.logical_id in other.needs for other in resources)

    def _status(self, row: Resource, status: str, reason: str | None = None) -> None:
        if self.listed:
            self.stack.put(row, status, reason)
        else:
            self.stack.tell(row, status, reason)


def waves(resources: Iterable[Resource]) -> list[list[Resource]]:
    """Groups of resources, each needed by none of the later groups."""
    remaining = list(resources)
    result = []
    while remaining:
        needed = {name for row in remaining for name in row.needs}
        ready = [row for row in remaining if row.logical_id not in needed] or remaining
        result.append(ready)
        remaining = [] if ready is remaining else [row for row in remaining if row.logical_id in needed]
    return result
