"""report.html for everybody: by keyboard, by screen reader, in light and in dark."""

from pathlib import Path

import pytest

from tests.reports import builders
from tests.reports.browser import Browser
from tests.reports.pages import WORLDS, page

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
"""`npm install --no-save --no-package-lock axe-core@4`"""

VIOLATIONS = """
const done = arguments[arguments.length - 1];
for (const part of document.querySelectorAll('details')) part.open = true;
axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations
  .filter(each => ['serious', 'critical'].includes(each.impact))
  .map(each => [each.id, each.nodes.length, each.nodes[0].html.slice(0, 200)])));
"""


def violations(browser: Browser) -> list[list[str]]:
    """Of the open page, the serious and the critical ones: rule, number, first place.

    https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
    """
    if not AXE.exists():
        pytest.skip("axe-core is not installed")
    browser.run(AXE.read_text(encoding="utf-8"))
    found: list[list[str]] = browser.run_async(VIOLATIONS)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("world", WORLDS)
def test_axe_finds_nothing_serious(browser: Browser, world: str, scheme: str) -> None:
    browser.open(page(WORLDS[world]()), scheme=scheme)

    assert violations(browser) == []


def test_axe_finds_what_is_serious(browser: Browser) -> None:
    browser.open(page(builders.no_go()).replace(' lang="en"', ""))

    assert [rule for rule, *_ in violations(browser)] == ["html-has-lang"]


def test_the_page_is_operable_by_keyboard(browser: Browser) -> None:
    browser.open(page(builders.big()))

    assert browser.run("return [...document.querySelectorAll('summary, a, button')].every(part => part.tabIndex === 0)")


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("world", ["no_go", "rolled_back", "big"])
def test_text_can_be_read_in_light_and_in_dark(browser: Browser, world: str, scheme: str) -> None:
    """4.5 to 1, level AA: https://www.w3.org/WAI/WCAG22/Understanding/contrast-minimum.html"""
    browser.open(page(WORLDS[world]()), scheme=scheme)

    assert browser.run(CONTRAST) == []
