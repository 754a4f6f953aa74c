import base64
import shutil
from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from reports import html
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import made
from upgrade.facts.operation import Ending
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Verdict
from upgrade.rules.diagnosis import diagnose

SHA256 = "ab" * 32
VOID = {"meta", "br", "link", "img", "path", "circle", "use"}
WORLDS = {
    "upgraded": builders.evidence,
    "no_go": builders.no_go,
    "rolled_back": builders.rolled_back,
    "hostile": builders.hostile,
    "big": builders.big,
}


def page(evidence: Evidence) -> str:
    return html.render(made(evidence), SHA256)


class Outline(HTMLParser):
    """What stands in a page: tags, attributes, text; and whether it is closed as it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
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


@pytest.mark.parametrize("world", WORLDS)
def test_the_page_needs_nothing_and_runs_nothing(world: str) -> None:
    outline = Outline(page(WORLDS[world]()))

    assert not set(outline.tags) & {"script", "iframe", "object", "embed", "link", "form", "base"}
    assert not [name for _, name, _ in outline.attributes if name.startswith("on")]
    references = [value for _, name, value in outline.attributes if name in {"href", "src"}]
    assert references
    assert all(value.startswith("#") for value in references)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in [
        value for _, _, value in outline.attributes
    ]


@pytest.mark.parametrize("world", WORLDS)
def test_the_page_is_sound_for_those_who_listen_to_it(world: str) -> None:
    outline = Outline(page(WORLDS[world]()))

    assert ("html", "lang", "en") in outline.attributes
    assert outline.tags["h1"] == outline.tags["main"] == outline.tags["title"] == 1
    assert outline.tags["table"] == outline.tags["caption"] == outline.tags["thead"]
    scoped = sum(1 for tag, name, _ in outline.attributes if (tag, name) == ("th", "scope"))
    assert outline.tags["th"] == scoped
    ids = [value for _, name, value in outline.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    anchors = {value[1:] for tag, name, value in outline.attributes if (tag, name) in {("a", "href"), ("use", "href")}}
    assert anchors <= set(ids)


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_every_ending_has_its_verdict_and_sentence_first(verdict: Verdict) -> None:
    evidence = builders.of_verdict(verdict)
    text = Outline(page(evidence)).text

    headline = text.index(verdict.replace("_", " "), text.index("upgrade record"))
    sentence = text.index(f"This run ended in {verdict}")
    assert headline < sentence < text.index("Account, region") < text.index("All 14" if "All 14" in text else "All 9")


def test_hostile_text_stays_text() -> None:
    text = page(builders.hostile())

    assert "<script" not in text
    assert "\x1b" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    told = Outline(text).text
    assert told.count("<script>alert(1)</script> ]]> \\x1b[31mred") > 20
    assert "{{ 7 * 7 }}" in told
    assert "49" not in told.replace(SHA256, "").replace(builders.RUN, "")


@pytest.mark.parametrize("name", ["</style><script>alert(1)</script>", '"; } body { display: none', "a\\22 b"])
def test_the_style_sheet_takes_no_orders_from_a_stack_name(name: str) -> None:
    evidence = builders.evidence(before=facts.snapshot(stack=facts.known(facts.stack(name=name))))
    style = page(evidence).split("<style>")[1].split("</style>")[0]

    line = next(line for line in style.splitlines() if "@top-left" in line)
    assert line.count('"') == 2
    assert not set(line.split('"')[1]) & set("<>{};\\")


def test_a_blocker_tells_found_expected_do_this_and_what_to_paste() -> None:
    text = Outline(page(builders.no_go())).text

    start = text.index("What stands in the way")
    parts = [
        "Rds storage matches parameter",
        "Found",
        "60 GiB",
        "Expected",
        "Do this",
        'pRdsAllocatedStorage = "actual"',
    ]
    positions = [text.index(part, start) for part in parts]
    assert positions[0] < positions[2] < positions[5] < text.index("Warnings", positions[5])


def test_a_fact_that_could_not_be_read_says_why() -> None:
    unread = facts.snapshot(drift=facts.unknown(call="cloudformation:DetectStackDrift"), databases=facts.unknown())
    text = Outline(page(builders.evidence(before=unread))).text

    assert "Could not be read: denied. cloudformation:DetectStackDrift : AWS said no" in text
    assert text.count("Could not be read") == 2


def test_planned_and_actual_stand_side_by_side() -> None:
    text = Outline(page(builders.big())).text

    assert "300 of 300 as planned" in text
    for words in ("22 replaced", "22 may be replaced", "22 removed", "22 added", "86 modified", "126 dynamic only"):
        assert words in text
    assert "Service002Resource" in text
    assert "0a1b2c3d4e5f60718" in text


def test_a_surprise_is_told_before_all_that_went_well() -> None:
    surprise = builders.operation(*builders.steps("DataVolume", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"))
    text = Outline(page(builders.evidence(operation=surprise))).text

    assert "0 of 2 as planned" in text
    assert "Not as planned (2)" in text
    assert "the change set did not name this resource" in text


def test_nothing_to_do_is_told_as_such() -> None:
    plan = facts.plan(nothing_to_do=True)
    idle = builders.evidence(plan=facts.known(replace(plan, changes=())), operation=None, after=None)

    assert "The stack already is what was asked for" in Outline(page(idle)).text


def test_a_sandbox_is_unmistakable_on_screen_and_on_every_printed_page() -> None:
    text = page(builders.hostile())

    assert "SANDBOX: nothing on this page happened in a real AWS account." in text
    assert "<title>SANDBOX ROLLED_BACK: codeocean" in text
    assert 'content: "  SANDBOX: not a real AWS account  "' in text
    assert "SANDBOX" not in page(builders.evidence())


def test_run_and_record_hash_are_on_every_printed_page() -> None:
    assert f'@bottom-left {{ content: "run {builders.RUN}   record sha256 {SHA256}"' in page(builders.evidence())


def test_a_name_the_template_does_not_know_is_an_error_not_a_blank() -> None:
    with pytest.raises(UndefinedError):
        html._environment().from_string("{{ record.nothing }}").render(record=made(builders.evidence()))


# ---- in a real browser -----------------------------------------------------------------------------------------------

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any, None, None]:
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip("Chromium and its driver are not installed")
    from selenium.webdriver import Chrome
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = Chrome(options=options, service=Service(driver))
    yield opened
    opened.quit()


def opened(chromium: Any, folder: Path, world: str, width: int = 1280) -> None:
    file = folder / "report.html"
    file.write_text(page(WORLDS[world]()), encoding="utf-8")
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    chromium.get(file.as_uri())


OVERFLOWING = """
const page = document.documentElement;
for (const part of document.querySelectorAll('details')) part.open = true;
const wide = [...document.querySelectorAll('main *')].filter(part =>
  part.getBoundingClientRect().right > page.clientWidth + 1 && !part.closest('.hidden, thead'));
return [page.scrollWidth - page.clientWidth, wide.slice(0, 3).map(part => part.outerHTML.slice(0, 200))];
"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("world", WORLDS)
def test_nothing_overflows(chromium: Any, tmp_path: Path, world: str, width: int) -> None:
    opened(chromium, tmp_path, world, width)

    assert chromium.execute_script(OVERFLOWING) == [0, []]


@pytest.mark.browser
def test_script_in_a_reason_a_tag_and_a_description_stays_text(chromium: Any, tmp_path: Path) -> None:
    opened(chromium, tmp_path, "hostile")

    assert chromium.execute_script("return document.scripts.length") == 0
    shown = chromium.execute_script("return document.body.textContent")
    assert shown.count("<script>alert(1)</script>") > 20


@pytest.mark.browser
@pytest.mark.parametrize("world", WORLDS)
def test_the_console_stays_silent(chromium: Any, tmp_path: Path, world: str) -> None:
    chromium.get_log("browser")
    opened(chromium, tmp_path, world)

    assert chromium.get_log("browser") == []


@pytest.mark.browser
def test_the_page_is_operable_by_keyboard(chromium: Any, tmp_path: Path) -> None:
    opened(chromium, tmp_path, "big")
    reachable = "return [...document.querySelectorAll('summary, a')].every(part => part.tabIndex === 0)"

    assert chromium.execute_script(reachable)


CONTRAST = """
const rgb = text => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const behind = part => {
  for (; part; part = part.parentElement) {
    const colour = rgb(getComputedStyle(part).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll('main .soft, main .badge, main a, main dt, main h1, main ins, main del')].map(part => {
  const [one, other] = [light(rgb(getComputedStyle(part).color)), light(behind(part))];
  return [(Math.max(one, other) + .05) / (Math.min(one, other) + .05), part.outerHTML.slice(0, 100)];
}).filter(([ratio]) => ratio < 4.5).slice(0, 3);
"""


def test_a_failed_update_is_explained() -> None:
    text = page(builders.rolled_back())

    assert "Look at the resource in its own service" in text
    assert '<dt>Given up because of it</dt><dd class="id">AnalyticsDBInstance</dd>' in text
    assert '<dt>Taken back</dt><dd class="id">DataVolume, AlarmsTopic</dd>' in text
    assert text.index("from the cause outwards") < text.index("codeocean</span> UPDATE_ROLLBACK_IN_PROGRESS")


def test_what_failed_in_a_nested_stack_is_named_with_its_path() -> None:
    arn = f"{facts.ARN}-nested"
    events = [
        *builders.steps("codeocean", "UPDATE_IN_PROGRESS"),
        *builders.steps("Child", "UPDATE_IN_PROGRESS", "UPDATE_FAILED", at=1, physical_id=arn),
        *builders.steps("Topic", "UPDATE_FAILED", at=3, reason="full", stack_arn=arn, type="AWS::SNS::Topic"),
        *builders.steps("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", at=9),
    ]
    found = diagnose(events, builders.unread, builders.unread, builders.unread)
    assert found.cause is not None
    ended = builders.operation(*events, ending=Ending.ROLLED_BACK, cause=found.cause.event, diagnosis=found)
    text = page(replace(builders.rolled_back(), operation=ended))

    assert 'First failure: <span class="id">Child.Topic</span>' in text
    assert '<dd><span class="id">Child.Topic</span> UPDATE_FAILED' in text


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("world", ["no_go", "rolled_back", "big"])
def test_text_can_be_read_in_light_and_in_dark(chromium: Any, tmp_path: Path, world: str, scheme: str) -> None:
    """4.5 to 1, level AA: https://www.w3.org/WAI/WCAG22/Understanding/contrast-minimum.html"""
    wanted = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)
    opened(chromium, tmp_path, world)

    assert chromium.execute_script(CONTRAST) == []


@pytest.mark.browser
@pytest.mark.parametrize("world", ["no_go", "hostile"])
def test_it_prints_with_everything_open(chromium: Any, tmp_path: Path, world: str) -> None:
    opened(chromium, tmp_path, world)
    printed = chromium.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert base64.b64decode(printed["data"]).startswith(b"%PDF-")

    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = (
        "return [...document.querySelectorAll('details > :not(summary)')].filter(part => !part.offsetHeight).length"
    )
    assert chromium.execute_script(hidden) == 0
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
