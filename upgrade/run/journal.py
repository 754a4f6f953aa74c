"""What this run asks AWS to change, kept before it is asked and again when it is answered. Pure; the disk is the store's.

Three states, and not the memory of a process, make sure that an upgrade is executed at most once: an intent that was
kept, an answer that was kept, and the change set, which CloudFormation executes once.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from upgrade.clock import Clock
from upgrade.errors import NotExecuted, PlimsollError
from upgrade.facts.changes import run_of
from upgrade.facts.journal import Act, Late, Record

CREATE = "cloudformation:CreateChangeSet"
DELETE = "cloudformation:DeleteChangeSet"
EXECUTE = "cloudformation:ExecuteChangeSet"
CANCEL = "cloudformation:CancelUpdateStack"
CONTINUE = "cloudformation:ContinueUpdateRollback"


class NotKept(PlimsollError):  # noqa: N818  # what it is, not what went wrong in us
    """The intent of a call can't be kept: the call must not be made."""


class Store(Protocol):
    """Where a journal is kept."""

    def append(self, record: Record) -> None:
        """Keep a record; whatever happens after this has returned, it is there.

        Raises:
            Late: it is, but not everywhere yet.
            OSError: it is not.
        """
        ...

    def records(self) -> tuple[Record, ...]:
        """Everything that was kept, in order. Raises OSError: it can't be read."""
        ...


class Memory:
    """A store that ends with the process."""

    def __init__(self) -> None:
        self._records: list[Record] = []

    def append(self, record: Record) -> None:
        self._records.append(record)

    def records(self) -> tuple[Record, ...]:
        return tuple(self._records)


@dataclass
class Attempt:
    """What is known of a call, said by whoever makes it; as long as nothing is said, nobody knows."""

    act: Act = Act.UNSURE
    told: dict[str, str] = field(default_factory=dict)


@dataclass
class Journal:
    """The journal of one run."""

    store: Store
    clock: Clock
    run_id: str
    clean: Callable[[str], str]
    """Takes out of a text what must never be written."""
    _lost: str = field(default="", init=False)
    """Why a record was never kept."""
    _late: str = field(default="", init=False)
    """Why the last one was not kept everywhere."""

    @property
    def failed(self) -> str:
        """Why the journal is not whole; empty if it is."""
        return self._lost or self._late

    @contextmanager
    def around(self, call: str, **told: str) -> Iterator[Attempt]:
        """Keep the intent of a call, and when it is over what is known of it, even if we are stopped in the middle.

        Raises:
            NotKept: the intent can't be kept; nothing inside was run.
        """
        try:
            self._append(Act.INTENT, call, told)
        except OSError as error:
            raise NotKept(self._failed(error)) from error
        attempt = Attempt()
        try:
            yield attempt
        except NotExecuted:
            attempt.act = Act.REFUSED
            raise
        finally:
            self.keep(attempt.act, call, **told | attempt.told)

    def keep(self, act: Act, call: str = "", **told: str) -> None:
        """Keep what has happened. That it can't be kept stops nobody: `failed` says so."""
        try:
            self._append(act, call, told)
        except OSError as error:
            self._failed(error)

    def conclude(self, verdict: str) -> None:
        """The verdict is in the evidence: nothing is left to take up. Of a run that asked for no change there is no journal."""
        try:
            begun = bool(self.store.records())
        except OSError as error:
            self._failed(error)
        else:
            if begun:
                self.keep(Act.CONCLUDED, verdict=verdict)

    def _append(self, act: Act, call: str, told: dict[str, str]) -> None:
        cleaned = {name: self.clean(value) for name, value in told.items()}
        self.store.append(Record(act, self.clock.now(), self.run_id, call, cleaned))
        self._late = ""

    def _failed(self, error: OSError) -> str:
        why = f"the journal can't be written: {error.strerror or error}"
        if isinstance(error, Late):
            self._late = why
        else:
            self._lost = self._lost or why
        return why


def open_intent(records: Iterable[Record]) -> Record | None:
    """The newest record of what was begun and is not brought to its end; None if nothing is left to take up.

    What may have been executed outweighs the change set it is executed with, and only its own refusal, or the conclusion
    of the run, settles it.
    """
    made: Record | None = None
    executed: Record | None = None
    for record in records:
        if record.act is Act.CONCLUDED:
            made = executed = None
        elif record.call == EXECUTE:
            executed = None if record.act is Act.REFUSED else record
        elif record.call == CREATE:
            made = None if record.act is Act.REFUSED else record
        elif _deletes(record, made):
            made = None
    return executed or made


def open_continuation(records: Iterable[Record]) -> Record | None:
    """The newest record of a rollback that a run has continued, or may have, and has not concluded; None if there is none."""
    found: Record | None = None
    for record in records:
        if record.act is Act.CONCLUDED:
            found = None
        elif record.call == CONTINUE:
            found = None if record.act is Act.REFUSED else record
    return found


def _deletes(record: Record, made: Record | None) -> bool:
    """Whether the change set that was made is gone; a run deletes old ones of others, too."""
    gone = record.call == DELETE and record.act is Act.ACCEPTED
    return gone and made is not None and run_of(record.told.get("change_set", "")) == made.run
