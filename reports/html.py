"""`report.html`: the record as one page that needs nothing else, today and in ten years. No request; a script that only adds."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import text, told
from reports.deviations import deviations
from reports.difference import difference, shortened
from reports.next_steps import next_steps
from reports.page import contents, gantt, planned, tables, words
from reports.page.story import story
from reports.record import Record
from reports.trace import trace

_FOLDER = Path(__file__).parent / "templates"


def render(record: Record, sha256: str) -> str:
    """The page's text.

    Args:
        record: redacted.
        sha256: of record.json.
    """
    page = _environment().get_template("report.html.j2")
    return page.render(record=record, sha256=sha256, style=_ours("report.css"), **_script())


def _ours(name: str) -> Markup:
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704  # our own file


def _script() -> dict[str, str]:
    """The script and its hash, as the page's own policy names the one script it allows."""
    script = _ours("report.js")
    return {"script": script, "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}


def published() -> str:
    """All text of ours that may stand in a page or another file of the evidence."""
    ours = [*sorted(_FOLDER.iterdir()), *sorted(_FOLDER.parent.rglob("*.py"))]
    return "".join(path.read_text(encoding="utf-8") for path in ours)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(
        count=text.count,
        css_text=_css_text,
        duration=text.duration,
        moment=words.moment,
        sentence=text.sentence,
        shortened=shortened,
    )
    environment.globals.update(
        contents=contents,
        deviations=deviations,
        difference=difference,
        gantt=gantt,
        next_steps=next_steps,
        planned=planned,
        story=story,
        tables=tables,
        told=told,
        trace=trace,
        words=words,
    )
    return environment


def _finalize(value: object) -> object:
    """Every value on its way into the page: nothing invisible."""
    return text.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _css_text(value: str) -> str:
    """What may stand inside a quoted string of a style sheet."""
    return re.sub(r"[^A-Za-z0-9 .,:()_-]", "", value)
