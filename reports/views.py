"""Every view of the record, by its place in the bundle: all that a run leaves for people and programs to read."""

import hashlib
import inspect
from collections.abc import Iterator

from reports import cases, ctrf, deviations, html, junit, oscal, trace
from reports.record import Record, schema

RECORD, SCHEMA = "data/record.json", "data/record.schema.json"
MANIFEST = "data/spec/manifest.toml"
"""Which checks there had to be."""
PLAN, EVENTS = "data/plan.json", "data/events.jsonl"
DEPLOYED, TARGET = "data/spec/template.deployed.txt", "data/spec/template.target.txt"
REPORT, JUNIT = "data/report/report.html", "data/report/junit.xml"
STRICT, CTRF = "data/report/junit-strict.xml", "data/report/ctrf.json"
OSCAL = "data/report/oscal-assessment-results.json"


def published() -> str:
    """Text of ours that any of these files may hold, whatever the run."""
    return html.published() + schema() + "".join(map(inspect.getsource, (cases, ctrf, deviations, junit, oscal, trace)))


def render(record: Record, place: str = "") -> Iterator[tuple[str, str]]:
    """Name and text of each file that comes from the record alone, one at a time: they are large.

    Args:
        record: redacted.
        place: path of the evidence of this run as CI sees it; empty where CI does not.
    """
    text = record.text()
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    yield RECORD, text
    del text
    yield SCHEMA, schema()
    yield REPORT, html.render(record, sha256)
    yield JUNIT, junit.render(record, sha256, place)
    yield STRICT, junit.strict(record, sha256)
    yield CTRF, ctrf.render(record, sha256)
    yield OSCAL, oscal.render(record)
    yield trace.MATRIX, trace.render(record)
    yield trace.TABLE, trace.table(record)
    yield from deviations.render(record)
