"""One upgrade of a stack at a time on this machine. Between machines CloudFormation itself serialises.

The lock is the kernel's (flock): it ends with the process, however that ends. It lies outside the evidence folder, so
that two checkouts meet.
"""

import hashlib
import json
import os
import socket
import stat
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from upgrade.errors import PlimsollError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class Held(PlimsollError):  # noqa: N818  # what it is, not what went wrong in us
    """Another process holds the lock; the text says who."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that is held, until it is released or the process ends."""

    handle: int

    def release(self) -> None:
        """Let go. The file stays: to remove it would let two hold what they take for the same lock."""
        os.close(self.handle)


def take(stack: Iterable[str], run_id: str, now: datetime, folder: Path | None = None) -> Lock:
    """Take the lock of a stack, without waiting.

    Args:
        stack: what makes it this stack and no other: endpoint, account, region, name.
        run_id: of this run, told to whoever comes second.
        now: told, too.
        folder: where locks lie; the same for all processes of this user.

    Raises:
        Held: another process has it.
        OSError: there can be no lock here.
    """
    if fcntl is None:
        raise OSError("this system has no flock")
    name = hashlib.sha256("\n".join(stack).encode()).hexdigest()[:16]
    path = _private(folder or Path(tempfile.gettempdir()) / f"plimsoll-{os.getuid()}") / f"{name}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        told = os.pread(handle, 4096, 0)
        os.close(handle)
        raise Held(_holder(told)) from None
    except OSError:
        os.close(handle)
        raise
    holder = {"run": run_id, "pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat()}
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(holder).encode(), 0)
    return Lock(handle)


def _private(folder: Path) -> Path:
    """The folder, made if need be; ours alone, or somebody else could hold every lock."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise OSError(f"{folder} is not a folder of ours")
    return folder


def _holder(told: bytes) -> str:
    try:
        holder: Mapping[str, object] = json.loads(told)
        return (
            f"run {holder['run']} is upgrading this stack, process {holder['pid']} on {holder['host']} "
            f"since {holder['since']}"
        )
    except (ValueError, KeyError, TypeError):  # it has the lock, and has not written yet who it is
        return "another process on this machine is upgrading this stack"
