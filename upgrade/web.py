"""The running application, asked over HTTPS: the only place that speaks to anything but AWS.

Of an answer only its status counts, and nothing else of it is read. What is sent stands in no text.
"""

import http.client
import ssl
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from upgrade.errors import UsageError
from upgrade.facts.health import Answer

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Web:
    """Asks addresses; certificates are always verified."""

    def __init__(self, bundle: Path | None = None, *, sandbox: bool = False, seconds: float = 15) -> None:
        """Prepare; nothing is asked yet.

        Args:
            bundle: certificates of authorities (PEM) that are trusted beside those of this machine.
            sandbox: whether nothing but this machine may be asked.
            seconds: how long an answer may take, redirects included.

        Raises:
            UsageError: the bundle can't be read.
        """
        self._trust = None if bundle is None else _trust(bundle)
        self._sandbox, self._seconds = sandbox, seconds

    @cached_property
    def _open(self) -> Callable[..., Any]:
        """Made when first needed: this machine's authorities take 2 MiB, and of most stacks nobody is asked."""
        proxies = ProxyHandler({}) if self._sandbox else ProxyHandler()
        trust = self._trust or ssl.create_default_context()
        return build_opener(proxies, HTTPSHandler(context=trust), _SameHost()).open

    def ask(self, address: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET an https address; redirects are followed on the same host only."""
        if self._sandbox and urlsplit(address).hostname not in LOOPBACK:
            return Answer(None, "it was not asked: in a sandbox run only this machine is")
        request = Request(address, headers={"User-Agent": "plimsoll", **(headers or {})})  # noqa: S310  # the configuration has https only
        return _within(self._seconds, lambda: self._answer(request))

    def _answer(self, request: Request) -> Answer:
        try:
            with self._open(request, timeout=self._seconds) as response:
                return Answer(response.status, "")
        except HTTPError as error:
            error.close()
            return Answer(error.code, "")
        except URLError as error:
            return Answer(None, _told(error.reason))
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(None, _told(error))


def _trust(bundle: Path) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    try:
        trust.load_verify_locations(bundle)
    except OSError as error:
        why = getattr(error, "strerror", None) or "it holds no certificate"
        raise UsageError(f"health.ca_bundle: {bundle}: {why}; expected certificates (PEM)") from None
    return trust


class _SameHost(HTTPRedirectHandler):
    """Follows a redirect only where it stays on the host that was asked: no other gets what was sent."""

    max_redirections = 3

    def redirect_request(  # noqa: PLR0917  # urllib's signature
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            return None  # the redirect itself is the answer
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _within(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """The answer, if it comes in time: a socket's own limit is for each piece of it."""
    box: SimpleQueue[Answer] = SimpleQueue()
    Thread(target=lambda: box.put(ask()), name="web", daemon=True).start()
    try:
        return box.get(timeout=seconds)
    except Empty:
        return Answer(None, f"no answer within {seconds:g} seconds")


def _told(reason: object) -> str:
    """Why no answer came. Of what is no error of the network only the kind is told: its text may quote what was sent."""
    match reason:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not valid: {reason.verify_message}"
        case TimeoutError():
            return "no answer in time"
        case OSError() if reason.strerror:
            return reason.strerror
    return type(reason).__name__
