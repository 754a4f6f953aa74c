"""Worlds for tests of report.html, and what stands in a page of them."""

from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

from reports import html
from tests.reports import builders
from tests.reports.builders import made
from upgrade.gate.evidence import Evidence
from upgrade.rules.actual import is_own

SHA256 = "ab" * 32
VOID = {"meta", "br", "link", "img", "path", "circle", "use", "input", "line", "rect"}
WORLDS = {
    "upgraded": builders.evidence,
    "no_go": builders.no_go,
    "rolled_back": builders.rolled_back,
    "hostile": builders.hostile,
    "big": builders.big,
}


def crowded(resources: int = 500, progress: int = 9) -> Evidence:
    """A big update, each resource of which tells several times that it is in progress."""
    big = builders.big(resources)
    assert big.operation is not None
    events = (
        event
        for event in big.operation.events
        for _ in range(progress if event.status.endswith("_IN_PROGRESS") and not is_own(event) else 1)
    )
    return replace(big, operation=replace(big.operation, events=tuple(events)))


def page(evidence: Evidence) -> str:
    return html.render(made(evidence), SHA256)


def text(evidence: Evidence) -> str:
    return Outline(page(evidence)).text


class Outline(HTMLParser):
    """What stands in a page: tags, attributes, text; and whether it is closed as it was opened."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == [], "left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())
