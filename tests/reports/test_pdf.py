import hashlib
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from reports import pdf
from tests.reports import builders
from tests.reports.pages import page


def printed(page: str) -> bytes:
    """The PDF; skips the test where none can be made."""
    try:
        return pdf.render(page)
    except pdf.NoPdfError as error:
        pytest.skip(str(error))


SOURCE = page(builders.no_go())


@pytest.fixture(scope="module")
def made() -> bytes:
    return printed(SOURCE)


@pytest.mark.pdf
def test_each_sheet_tells_the_page_it_is_of(made: bytes) -> None:
    told = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True
    ).stdout.decode()
    sheets = told.split("\f")[:-1]

    assert len(sheets) > 2
    assert "What stands in the way" in told
    for number, sheet in enumerate(sheets, 1):
        assert hashlib.sha256(SOURCE.encode()).hexdigest() in sheet
        assert f"page {number} of {len(sheets)}" in sheet
        assert "UNSIGNED" in sheet


@pytest.mark.pdf
def test_the_same_page_gives_the_same_bytes(made: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "12345")

    assert printed(SOURCE) == made


@pytest.mark.pdf
def test_nothing_is_fetched() -> None:
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # as http.server calls it
            asked.append(self.path)

    with HTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/asked"
        printed(f'<img src="{address}" alt="x"><link rel="stylesheet" href="{address}">')
        server.shutdown()

    assert asked == []


def test_where_it_cannot_be_made_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(pdf.NoPdfError, match=r"plimsoll\[pdf\].*libpango"):
        pdf.render("<p>")
