"""The upload of docs/servicenow.md, word for word, to a server that stands in for ServiceNow."""

import hashlib
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from reports import attachments
from reports.folder import Folder
from tests.reports import builders

pytestmark = pytest.mark.skipif(not all(map(shutil.which, ("curl", "jq"))), reason="curl or jq is not installed")

PAGE = (Path(__file__).parents[2] / "docs" / "servicenow.md").read_text(encoding="utf-8")


class ServiceNow(ThreadingHTTPServer):
    """Takes attachments of one change request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[tuple[dict[str, str], str, str]] = []


class Handler(BaseHTTPRequestHandler):
    server: ServiceNow

    def do_POST(self) -> None:
        address = urlsplit(self.path)
        content = self.rfile.read(int(self.headers["Content-Length"]))
        asked = dict(parse_qsl(address.query))
        known = address.path == "/api/now/attachment/file" and asked.get("table_sys_id") == "abc123"
        if known and self.headers["Authorization"] == "Bearer of-a-test":
            self.server.taken.append((asked, self.headers["Content-Type"], hashlib.sha256(content).hexdigest()))
        self.send_response(201 if known else 404)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Silent."""


@pytest.fixture
def servicenow() -> Iterator[ServiceNow]:
    with ServiceNow() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def upload(folder: Path, server: ServiceNow, sys_id: str) -> "subprocess.CompletedProcess[str]":
    (script,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    (folder / "servicenow.curl").write_text('header = "Authorization: Bearer of-a-test"\n')
    environment = {"PATH": "/usr/bin:/bin", "INSTANCE": f"http://127.0.0.1:{server.server_port}", "SYS_ID": sys_id}
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_every_attachment_arrives_as_it_is_listed(tmp_path: Path, servicenow: ServiceNow) -> None:
    bundle = Folder(tmp_path / "evidence").write(builders.no_go()).bundle
    listed = attachments.write(bundle, tmp_path / "attach")

    run = upload(tmp_path, servicenow, "abc123")
    assert run.returncode == 0, run.stderr
    assert [(told["file_name"], type_, sha256) for told, type_, sha256 in servicenow.taken] == [
        (each.name, each.media_type, each.sha256) for each in listed
    ]
    assert {told["table_name"] for told, *_ in servicenow.taken} == {"change_request"}


def test_a_change_that_is_not_there_is_told(tmp_path: Path, servicenow: ServiceNow) -> None:
    attachments.write(Folder(tmp_path / "evidence").write(builders.no_go()).bundle, tmp_path / "attach")

    run = upload(tmp_path, servicenow, "another")
    assert run.returncode != 0
    assert "404" in run.stderr
