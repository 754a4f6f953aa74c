"""Writes docs/sandbox.md from the conformance tests: `python -m tests.sandbox.conformance.table > docs/sandbox.md`."""

import importlib
import pkgutil
import sys
from collections.abc import Iterable

from tests.sandbox import conformance
from tests.sandbox.conformance import ROWS, Kind, Row

HEADINGS: dict[Kind, str] = {
    "emulates": "Emulates",
    "simplifies": "Simplifies",
    "refuses": "Refuses",
}
INTRODUCTION = """\
# The sandbox against AWS

AWS on loopback, over real HTTP: moto for the services, an engine of our own for CloudFormation, a fault layer in front.
Every line below is proved by a test under `tests/sandbox/conformance/`; this page is generated from them
(`python -m tests.sandbox.conformance.table > docs/sandbox.md`).

What is in no list is not promised. A call the sandbox does not know is an AWS-shaped error that names it.
"""


def page() -> str:
    """The page, from every test of the package."""
    for module in pkgutil.iter_modules(conformance.__path__):
        if module.name.startswith("test_"):
            importlib.import_module(f"{conformance.__name__}.{module.name}")
    return "\n".join([INTRODUCTION, *(section(kind, set(ROWS)) for kind in HEADINGS)])


def section(kind: Kind, rows: Iterable[Row]) -> str:
    """One of the three lists, by topic."""
    chosen = sorted((row.topic, row.claim) for row in rows if row.kind == kind)
    lines = [f"| {topic} | {claim} |" for topic, claim in chosen]
    return "\n".join([f"## {HEADINGS[kind]}", "", "| what | how |", "|---|---|", *lines, ""])


if __name__ == "__main__":
    sys.stdout.write(page())
