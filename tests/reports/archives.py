"""An archive in memory, which may fail."""

import errno
import os


class Shelf:
    """What is put is kept; from some call on nothing is, if that is said."""

    address = "s3://bucket/prefix"

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.away = False
        """Whether it can't be reached."""

    def put(self, name: str, body: bytes) -> bool:
        self._reach()
        return self.kept.setdefault(name, body) == body

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
