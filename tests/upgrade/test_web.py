"""The application is asked over real HTTPS, on loopback: what is no valid, timely answer is none."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox import certificates
from tests.application import serving
from upgrade.errors import UsageError
from upgrade.facts.health import Answer
from upgrade.web import Web

TOKEN = base64.b64encode(b"cop_secret:").decode()


@contextmanager
def application(folder: Path, *names: str, days: float = 300, status: int = 200, **headers: str) -> Iterator[Any]:
    """An application that answers with this status; what it was asked is in `asked`, its authority in `bundle`."""
    with serving(folder, certificates.issue(*(names or ("127.0.0.1",)), days=days), status, headers) as server:
        yield server


def test_an_answer_with_a_valid_certificate_is_good(tmp_path: Path) -> None:
    with application(tmp_path) as server:
        answer = Web(server.bundle, sandbox=True).ask(server.address("/health"), {"Min-Server-Version": "4.1.0"})

    assert answer == Answer(200, "")
    assert answer.good
    assert [(path, headers["Min-Server-Version"]) for path, headers in server.asked] == [("/health", "4.1.0")]


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_an_error_is_an_answer_that_is_not_good(tmp_path: Path, status: int) -> None:
    with application(tmp_path, status=status) as server:
        answer = Web(server.bundle, sandbox=True).ask(server.address("/health"))

    assert (answer, answer.good, str(answer)) == (Answer(status, ""), False, f"HTTP {status}")


@pytest.mark.parametrize(
    ("names", "days", "trusted"),
    [(("127.0.0.1",), 300, False), (("127.0.0.1",), -1, True), (("other.example.com",), 300, True)],
    ids=["unknown authority", "expired", "another name"],
)
def test_a_certificate_that_is_not_valid_is_no_answer(
    tmp_path: Path, names: tuple[str, ...], days: float, trusted: bool
) -> None:
    with application(tmp_path, *names, days=days) as server:
        answer = Web(server.bundle if trusted else None, sandbox=True).ask(server.address("/health"))

    assert answer.status is None
    assert answer.problem.startswith("its certificate is not valid: ")
    assert server.asked == []


def test_a_redirect_on_the_same_host_is_followed(tmp_path: Path) -> None:
    with application(tmp_path, status=302, Location="/there") as server:
        server.elsewhere["/there"] = 200
        answer = Web(server.bundle, sandbox=True).ask(server.address("/health"))

    assert answer == Answer(200, "")


@pytest.mark.parametrize("address", ["https://localhost:1/", "http://127.0.0.1/", "file:///etc/passwd"])
def test_no_other_host_is_sent_to_nor_told_the_token(tmp_path: Path, address: str) -> None:
    with application(tmp_path, status=302, Location=address) as server:
        answer = Web(server.bundle, sandbox=True).ask(server.address("/health"), {"Authorization": f"Basic {TOKEN}"})

    assert answer == Answer(302, "")
    assert len(server.asked) == 1


def test_redirects_without_end_end(tmp_path: Path) -> None:
    with application(tmp_path, status=302, Location="/health") as server:
        answer = Web(server.bundle, sandbox=True).ask(server.address("/health"))

    assert answer.status == 302
    assert len(server.asked) <= 5


def test_where_nobody_listens_there_is_no_answer(tmp_path: Path) -> None:
    with application(tmp_path) as server:
        address = server.address("/health")

    assert Web(server.bundle, sandbox=True).ask(address) == Answer(None, "Connection refused")


def test_an_answer_that_takes_too_long_is_none(tmp_path: Path) -> None:
    with application(tmp_path) as server:
        server.delay.clear()
        answer = Web(server.bundle, sandbox=True, seconds=0.2).ask(server.address("/health"))
        server.delay.set()

    assert answer.status is None
    assert "no answer" in answer.problem


def test_in_a_sandbox_run_nobody_else_is_asked() -> None:
    answer = Web(sandbox=True).ask("https://codeocean.example.com/health")

    assert answer == Answer(None, "it was not asked: in a sandbox run only this machine is")


def test_what_is_sent_stands_in_no_text() -> None:
    answer = Web(sandbox=True).ask("https://127.0.0.1:1/", {"Authorization": f"Basic {TOKEN}\nX: y"})

    assert answer.status is None
    assert TOKEN not in answer.problem


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["absent", "no certificate"])
def test_a_bundle_that_cannot_be_read_is_refused_at_once(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)

    with pytest.raises(UsageError, match=r"health\.ca_bundle: .*ca\.pem: .*expected certificates"):
        Web(path)
