"""The guard: no client in this process calls an operation that its door does not allow.

It sits in botocore, at the one method all clients call through, not in our factory: a check that makes a client of its own
meets it, too. Refused calls are in the call log like all others.
"""

import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from botocore.client import BaseClient

from upgrade.aws import whole
from upgrade.aws.calls import CallLog
from upgrade.aws.doors import READ, Grant, allows
from upgrade.errors import PlimsollError

NOBODY = "http://127.0.0.1:1"
"""Endpoint of clients that reach no server: those by which a sandbox in this process works its own services. Port 1 of
loopback is where nothing listens, so nothing can be changed through it."""

Method = Callable[[Any, str, dict[str, Any]], Any]


class ForbiddenCall(PlimsollError):  # noqa: N818  # what it is
    """A client was about to call an operation that is not on its list; nothing was sent."""


class Guard:
    """Knows which client has which door; whoever was granted none may only read."""

    def __init__(self, log: CallLog) -> None:
        self._log = log
        self._grants: WeakKeyDictionary[Any, Grant] = WeakKeyDictionary()
        self._lock = threading.Lock()
        self._original: Method | None = None

    def grant(self, client: Any, grant: Grant) -> None:
        """Let this client through a door, and log its calls. Whoever was granted nothing may read."""
        with self._lock:
            if client not in self._grants:
                self._grants[client] = grant
                self._log.attach(client.meta.events, grant.door)

    def install(self) -> None:
        """Stand before every client of this process from now on, whoever made it."""
        if self._original is not None:
            return
        original: Method = BaseClient._make_api_call  # noqa: SLF001  # instrumentation of botocore has always begun here

        def guarded(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            self.check(client, operation, parameters)
            return original(client, operation, parameters)

        self._original = original
        BaseClient._make_api_call = guarded  # noqa: SLF001
        whole.install()

    def remove(self) -> None:
        """Leave botocore as it was."""
        if self._original is not None:
            BaseClient._make_api_call = self._original  # noqa: SLF001
            self._original = None
            whole.remove()

    def check(self, client: Any, operation: str, parameters: dict[str, Any]) -> None:
        """Let a call pass, and see to it that it is logged.

        Raises:
            ForbiddenCall: its client may not make it.
        """
        if client.meta.endpoint_url == NOBODY:
            return
        self.grant(client, READ)
        grant, service = self._grants[client], client.meta.service_model
        if allows(grant, service.service_name, operation, parameters):
            return
        self._log.refused(service, operation, grant.door)
        raise ForbiddenCall(
            f"{service.service_name} {operation} was refused before it was sent: a client of the {grant.door} door may not "
            "call it (upgrade/aws/doors.py)"
        )
