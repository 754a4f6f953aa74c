"""A timestamp authority on loopback: openssl behind an HTTP server."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

CONFIGURATION = """
[tsa]
dir = .
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""
EXTENSIONS = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"


@dataclass
class Authority:
    """One that grants what it is asked, unless it is told to answer with something else."""

    address: str
    root: Path
    answer: bytes | None = None


@contextmanager
def serving(folder: Path) -> Iterator[Authority]:
    """An authority for as long as it is needed; its keys lie in the folder."""
    _make(folder)
    authority = Authority("", folder / "root.pem")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            query = self.rfile.read(int(self.headers["Content-Length"]))
            body = _reply(folder, query) if authority.answer is None else authority.answer
            self.send_response(200 if body else 503)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    authority.address = f"http://127.0.0.1:{server.server_port}/tsr"
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tsa.cnf").write_text(CONFIGURATION)
    (folder / "tsa.ext").write_text(EXTENSIONS)
    (folder / "serial").write_text("01")
    curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    for command in (
        f"openssl req -x509 {curve} -keyout root.key -out root.pem -days 3650 -subj /CN=root",
        f"openssl req {curve} -keyout tsa.key -out tsa.csr -subj /CN=tsa",
        "openssl x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -out tsa.pem -days 3650 -extfile tsa.ext",
    ):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


def _reply(folder: Path, query: bytes) -> bytes:
    with tempfile.NamedTemporaryFile(dir=folder) as asked, tempfile.NamedTemporaryFile(dir=folder) as told:
        asked.write(query)
        asked.flush()
        command = f"openssl ts -reply -config tsa.cnf -section tsa -queryfile {asked.name} -out {told.name}"
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
        return Path(told.name).read_bytes()
