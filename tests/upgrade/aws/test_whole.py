"""An answer that was cut off is an error of the connection, never an answer that lacks something."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ResponseStreamingError

from upgrade.aws import whole
from upgrade.aws.errors import reason_of
from upgrade.facts.known import Reason

KEYS = json.dumps({"Keys": [{"KeyId": "1"}]}).encode()


class Server(HTTPServer):
    """Tells one key, the first `cut` times only half of it."""

    cut = 0
    asked = 0


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        self._begin()
        self.wfile.write(KEYS[: len(KEYS) // 2] if self.server.asked <= self.server.cut else KEYS)

    def do_HEAD(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(KEYS)))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        whole.install()
        yield server
        whole.remove()
        server.shutdown()


def client(server: Server, service: str = "kms") -> Any:
    return boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="x",
        config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
    )


def test_it_is_asked_for_again(server: Server) -> None:
    server.cut = 2
    assert client(server).list_keys()["Keys"] == [{"KeyId": "1"}]
    assert server.asked == 3


def test_it_is_an_error_that_says_so(server: Server) -> None:
    server.cut = 3
    with pytest.raises(ResponseStreamingError, match="13 of 26 bytes came") as caught:
        client(server).list_keys()
    assert reason_of(caught.value) is Reason.TIMED_OUT


def test_boto3_alone_takes_it_for_an_answer_without_members(server: Server) -> None:
    """When this fails, botocore has mended it and `upgrade.aws.whole` can go."""
    whole.remove()
    server.cut = 1
    assert "Keys" not in client(server).list_keys()


def test_an_answer_to_head_has_no_body(server: Server) -> None:
    assert client(server, "s3").head_object(Bucket="b", Key="k")["ContentLength"] == len(KEYS)
