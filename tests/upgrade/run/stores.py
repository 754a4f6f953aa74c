"""Places for a journal that are not as they should be."""

import errno
import os

from upgrade.facts.journal import Late, Record
from upgrade.run.journal import Memory


class Full(Memory):
    """A store that takes only so many records."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def append(self, record: Record) -> None:
        if len(self.records()) == self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().append(record)


class Slow(Memory):
    """A store that keeps its first record not everywhere at once."""

    def append(self, record: Record) -> None:
        super().append(record)
        if len(self.records()) == 1:
            raise Late("the archive is away")
