"""`report.html` as a PDF, for whoever must file one: the page stays the master, and the PDF says which page it is of.

Needs the extra `pdf` (WeasyPrint, and Pango on the system). The same page gives the same bytes.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from upgrade.errors import PlimsollError

_FOLDER = Path(__file__).parent / "templates"
_ICON = re.compile(r'<use href="#i-(?P<name>\w+)"/>')
_SYMBOL = re.compile(r'<symbol id="i-(?P<name>\w+)" viewBox="(?P<box>[^"]*)">(?P<drawn>.*?)</symbol>', re.DOTALL)

LONG_AGO = "0"
"""Seconds since 1970 that font files inside the PDF tell as their time: else two runs differ."""


class NoPdfError(PlimsollError):
    """WeasyPrint is not installed, or the system lacks what it needs."""


def render(page: str) -> bytes:
    """The PDF of a page; nothing is fetched, whatever the page says.

    Raises:
        NoPdfError: it can't be made on this machine.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415  # an extra, and slow to import
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except (ImportError, OSError) as error:  # OSError: no Pango
        raise NoPdfError(
            f"no PDF can be made here ({error}): pip install 'plimsoll[pdf]', and apt-get install libpango-1.0-0 "
            "libpangoft2-1.0-0"
        ) from error
    digest = hashlib.sha256(page.encode()).hexdigest()
    with _timeless():
        document: Any = HTML(string=_for_paper(page, digest), url_fetcher=URLFetcher(allowed_protocols=["data"]))
        made: bytes = document.write_pdf(pdf_identifier=digest[:32].encode(), pdf_tags=True)
    return made


def _for_paper(page: str, digest: str) -> str:
    """The page with its symbols drawn where they stand, and with its own hash on each sheet."""
    style = (_FOLDER / "pdf.css").read_text(encoding="utf-8") + "</style>"
    foot, said = '@bottom-left { content: "', f"PDF of report.html, sha256 {digest}\\a "
    symbols = {found["name"]: found for found in _SYMBOL.finditer((_FOLDER / "icons.svg").read_text(encoding="utf-8"))}
    page = _ICON.sub(lambda icon: _drawn(symbols, icon["name"]), page)
    return page.replace(foot, foot + said, 1).replace("</style>", style, 1)


def _drawn(symbols: Mapping[str, re.Match[str]], name: str) -> str:
    symbol = symbols[name]
    return f'<svg viewBox="{symbol["box"]}" width="100%" height="100%">{symbol["drawn"]}</svg>'


@contextmanager
def _timeless() -> Iterator[None]:
    """https://reproducible-builds.org/docs/source-date-epoch/"""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = LONG_AGO
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
