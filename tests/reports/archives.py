"""An archive in memory, which may fail."""

import errno
import hashlib
import os
from datetime import datetime, timedelta

from upgrade.facts.stored import Stored


class Shelf:
    """What is put is kept; from some call on nothing is, if that is said."""

    address = "s3://bucket/prefix"

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.away = False
        """Whether it can't be reached."""
        self.lacks_lock = ""
        self.room: int | None = None
        """How many objects it takes; None: any number."""

    def put(self, name: str, body: bytes) -> bool:
        self._reach()
        if name not in self.kept and len(self.kept) == self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.kept.setdefault(name, body) == body

    def keep(self, name: str, body: bytes, since: datetime) -> Stored:
        if not self.put(name, body):
            raise OSError(f"{self.address}/{name} is another's")
        sha256 = hashlib.sha256(body).hexdigest()
        return Stored(name, "v1", sha256, len(body), "GOVERNANCE", since + timedelta(days=1), "request")

    def unlocked(self) -> str:
        return self.lacks_lock

    def get(self, name: str) -> bytes:
        self._reach()
        return self.kept[name]

    def names(self, beginning: str) -> list[str]:
        self._reach()
        return sorted(name for name in self.kept if name.startswith(beginning))

    def folders(self) -> list[str]:
        self._reach()
        return sorted({name.partition("/")[0] for name in self.kept if "/" in name})

    def _reach(self) -> None:
        if self.away:
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
