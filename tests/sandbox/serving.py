"""The services behind a real port, for tests that need no scenario."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox import clients


class Quiet(WSGIRequestHandler):  # type: ignore[misc]  # mypy does not follow werkzeug
    def log(self, *_: object) -> None:
        """The call log holds every call."""


@contextmanager
def serving() -> Iterator[BaseWSGIServer]:
    """A server on loopback; what it serves, `app`, may be exchanged."""
    served = make_server("127.0.0.1", 0, clients.application(), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=served.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield served
    served.shutdown()
    thread.join()
    served.server_close()
