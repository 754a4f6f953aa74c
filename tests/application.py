"""An application on loopback, over HTTPS."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sandbox.certificates import Issued


class Application(ThreadingHTTPServer):
    """Answers every GET with one status; notes what it was asked."""

    daemon_threads = True
    bundle: Path
    """Certificate of the authority that it is signed by (PEM)."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.headers = status, headers
        self.elsewhere: dict[str, int] = {}
        """The status of single paths."""
        self.newest: str = ""
        """What `Min-Server-Version` may ask for at most, where that is looked at."""
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.delay = threading.Event()
        """Cleared: nothing is answered."""
        self.delay.set()

    def address(self, path: str) -> str:
        """The address of a path."""
        return f"https://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that does not trust us hangs up."""


class _Handler(BaseHTTPRequestHandler):
    server: Application

    def do_GET(self) -> None:
        self.server.delay.wait()
        self.server.asked.append((self.path, dict(self.headers)))
        wanted, newest = self.headers.get("Min-Server-Version", ""), self.server.newest
        status = self.server.elsewhere.get(self.path, self.server.status)
        with suppress(OSError):
            self.send_response(400 if newest and wanted > newest else status)
            for name, value in self.server.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(
    folder: Path, issued: Issued, status: int = 200, headers: Mapping[str, str] | None = None
) -> Iterator[Application]:
    """A running application."""
    pair, bundle = folder / "application.pem", folder / "authority.pem"
    pair.write_bytes(issued.key + issued.certificate)
    bundle.write_bytes(issued.authority)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(pair)
    with Application(status, headers or {}) as server:
        server.bundle = bundle
        server.socket = trust.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.delay.set()
            server.shutdown()
            thread.join()
