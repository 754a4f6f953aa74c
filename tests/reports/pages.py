"""Worlds for tests of report.html, and what stands in a page of them."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

from reports import html
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import made
from upgrade.catalogue import Outcome
from upgrade.config.tables import Waiver
from upgrade.facts.operation import Ending
from upgrade.gate.decision import Decision
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Verdict
from upgrade.gate.waivers import Judged, State
from upgrade.rules.actual import is_own

SHA256 = "ab" * 32
LONG = "AnEndlessNameWithoutAnyPlaceToBreak" * 9
VOID = {"meta", "br", "link", "img", "path", "circle", "use", "input", "line", "rect"}


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


def endless() -> Evidence:
    """Every name is as long as AWS allows and longer, with nothing in it at which a line could break."""
    found = builders.finding(**dict.fromkeys(("found", "expected", "logical_id", "physical_id", "property"), LONG))
    change = facts.change(LONG, facts.detail(before=LONG, after=f"{LONG}B", causing_entity=LONG))
    events = builders.steps(LONG, "UPDATE_IN_PROGRESS", "UPDATE_FAILED", reason=LONG, physical_id=LONG)
    return builders.evidence(
        decision=builders.decision(Verdict.ROLLED_BACK, LONG),
        entries=(builders.entry("stack-is-at-rest", outcome=Outcome.FAIL, detail=LONG, findings=(found,)),),
        before=facts.snapshot(stack=facts.known(facts.stack(name=LONG, tags={LONG: LONG}, parameters={LONG: LONG}))),
        plan=facts.known(facts.plan(change)),
        operation=builders.operation(*events, ending=Ending.ROLLED_BACK, cause=events[-1], detail=LONG),
        target=LONG,
        command=("pytest", LONG),
        review=facts.review(change_id=LONG, approvals=(facts.approval(LONG, meaning=LONG),)),
    )


def peopled() -> Evidence:
    """A gate that is open because of what people have said, excepted and answered for."""
    found = replace(builders.finding(), fingerprint=f"sha256:{'0' * 64}")
    waiver = Waiver(
        check="rds-storage-matches-parameter",
        finding=found.fingerprint,
        reason="known and harmless",
        approved_by="Grace",
        ticket="QA-7",
        expires=facts.NOW + timedelta(days=3),
    )
    told = list(builders.entries())[:9]
    told[4] = replace(told[4], outcome=Outcome.WAIVED, findings=(found,), detail="waived by Grace")
    return replace(
        builders.no_go(),
        decision=Decision(Verdict.GO, "all hold", without_waivers=Verdict.NO_GO),
        entries=tuple(told),
        review=facts.review(
            facts.acknowledgement(),
            change_id="CHG-42",
            approvals=(facts.approval("Ada"), facts.approval("", at=None, problem="is no approval")),
        ),
        waivers=(Judged(waiver, State.USED, ends_soon=True),),
        report_only=("template-lints",),
    )


WORLDS = {
    "upgraded": builders.evidence,
    "no_go": builders.no_go,
    "rolled_back": builders.rolled_back,
    "hostile": builders.hostile,
    "big": builders.big,
    "endless": endless,
    "peopled": peopled,
}


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
