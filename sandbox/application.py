"""The application of the deployment, on loopback over HTTPS: well while the targets of its load balancer are."""

import base64
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from botocore.exceptions import ClientError

from sandbox import clients
from sandbox.account import REGION
from sandbox.certificates import issue
from sandbox.knobs import Knobs

LOOPBACK, STACK = "127.0.0.1", "codeocean"
TOKEN = "cop_opens_nothing_but_the_sandbox"  # noqa: S105  # opens nothing
HEALTH, API = ("/health", "/api/health"), "/api/v1/custom_metadata"

_MARK = re.compile(r"CodeOcean::VersionInfo.*?Version\W+v?(\d+)\.(\d+)\.(\d+)", re.DOTALL)
_PASSING = frozenset({"draining", "unused"})


class Application(ThreadingHTTPServer):
    """Answers at `HEALTH` to everybody and at `API` to who has the token."""

    daemon_threads = True
    bundle: Path
    """Certificate of the authority that its own is signed by (PEM)."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.knobs = knobs

    def address(self, path: str) -> str:
        """The address of a path."""
        return f"https://{LOOPBACK}:{self.server_port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who does not trust the certificate hangs up."""

    def health(self) -> int:
        """The status of a health address."""
        elbv2 = clients.client("elbv2", REGION)
        states = [
            row["TargetHealth"]["State"]
            for group in elbv2.describe_target_groups()["TargetGroups"]
            for row in elbv2.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
        ]
        return self.knobs.answer or (200 if set(states) - _PASSING == {"healthy"} else 503)

    def api(self, authorization: str, wanted: str) -> int:
        """The status of a request with a token, and with a version that the application must have."""
        if authorization != f"Basic {base64.b64encode(f'{TOKEN}:'.encode()).decode()}":
            return 401
        try:
            least = tuple(map(int, wanted.split("."))) if wanted else ()
        except ValueError:
            return 400
        return 400 if least > self._version() else self.health()

    @staticmethod
    def _version() -> tuple[int, ...]:
        try:
            body = clients.client("cloudformation", REGION).get_template(StackName=STACK)["TemplateBody"]
        except ClientError:
            return ()
        found = _MARK.search(str(body))
        return tuple(map(int, found.groups())) if found else ()


class _Handler(BaseHTTPRequestHandler):
    server: Application

    def do_GET(self) -> None:
        """Answer with a status and nothing else."""
        if self.path in HEALTH:
            status = self.server.health()
        elif self.path == API:
            status = self.server.api(self.headers.get("Authorization", ""), self.headers.get("Min-Server-Version", ""))
        else:
            status = 404
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(knobs: Knobs, folder: Path) -> Iterator[Application]:
    """The application, answering; its authority's certificate is put into the folder."""
    issued = issue(LOOPBACK)
    pair, bundle = folder / "application.pem", folder / "application-ca.pem"
    pair.write_bytes(issued.key + issued.certificate)
    bundle.write_bytes(issued.authority)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(pair)
    with Application(knobs) as application:
        application.bundle = bundle
        # Each connection's own thread does the handshake: one that hangs keeps nobody else waiting.
        application.socket = trust.wrap_socket(application.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=application.serve_forever, args=(0.1,), name="application", daemon=True).start()
        try:
            yield application
        finally:
            application.shutdown()
