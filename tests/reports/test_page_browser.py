"""report.html in a real Chromium: it shows all there is, on any screen, without scripts, and asks nobody for anything."""

import pytest

from tests.reports import builders
from tests.reports.browser import Browser
from tests.reports.pages import WORLDS, crowded, page

pytestmark = pytest.mark.browser

OVERFLOWING = """
const page = document.documentElement;
for (const part of document.querySelectorAll('details')) part.open = true;
const wide = [...document.querySelectorAll('main *')].filter(part =>
  part.getBoundingClientRect().right > page.clientWidth + 1 && !part.closest('.hidden, thead'));
return [page.scrollWidth - page.clientWidth, wide.slice(0, 3).map(part => part.outerHTML.slice(0, 200))];
"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("world", WORLDS)
def test_nothing_overflows(browser: Browser, world: str, width: int) -> None:
    browser.open(page(WORLDS[world]()), width)

    assert browser.run(OVERFLOWING) == [0, []]


@pytest.mark.parametrize("world", WORLDS)
def test_the_console_stays_silent_and_nothing_is_asked_for(browser: Browser, world: str) -> None:
    browser.open(page(WORLDS[world]()))

    address = browser.run("return location.href")
    assert browser.console() == []
    assert browser.requests() == [address]


def test_script_in_a_reason_a_tag_and_a_description_stays_text(browser: Browser) -> None:
    browser.open(page(builders.hostile()))

    assert browser.run("return document.scripts.length") == 1
    shown = browser.run("return document.body.textContent")
    assert shown.count("<script>alert(1)</script>") > 20


def test_without_scripts_nothing_but_filter_and_buttons_is_missing(browser: Browser) -> None:
    source = page(builders.no_go())
    whole = "document.querySelector('main').innerText"
    browser.open(source, scripts=False)
    without = browser.cdp("Runtime.evaluate", expression=whole)["result"]["value"]
    browser.open(source)
    added = browser.run(
        f"document.querySelectorAll('#filter, .copy button').forEach(part => part.remove());return {whole}"
    )

    assert "What stands in the way" in without
    assert without.split() == added.split()


def test_checks_are_filtered_by_words_and_all_are_printed(browser: Browser) -> None:
    browser.open(page(builders.no_go()))
    shown = "return [...document.querySelectorAll('.checks tbody tr')].filter(row => row.offsetHeight).length"
    assert browser.run(shown) == 9
    assert browser.run(
        "const words = document.querySelector('#filter input'); words.value = 'rds-storage FAIL';"
        "words.dispatchEvent(new Event('input')); return document.querySelector('#filter output').textContent"
    ) == ("1 of 9")

    assert browser.run(shown) == 1
    assert "Stack is at rest" in "".join(browser.pdf())


def test_lines_to_paste_are_copied(browser: Browser) -> None:
    browser.open(page(builders.no_go()))
    browser.run("navigator.clipboard.writeText = async text => { window.copied = text }")
    browser.run("document.querySelector('.finding .copy button').click()")

    assert browser.run("return window.copied") == '[stacks.prod.parameters]\npRdsAllocatedStorage = "actual"'
    assert browser.run("return document.querySelector('.finding .copy button').textContent") == "Copied"


def test_500_resources_and_5000_events_are_shown_whole(browser: Browser) -> None:
    """How long that takes: `python -m bench.page`."""
    browser.open(page(crowded()))

    assert browser.console() == []
    assert browser.run("return document.querySelectorAll('.gantt-chart .bar').length") == 500
    assert browser.run("return document.querySelectorAll('.events tbody tr').length") > 5000
    assert browser.run("return document.querySelector('#verify').innerText").count("sha256")
