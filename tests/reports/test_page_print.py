"""report.html on paper: everything is open, nothing is cut, and each page says where it belongs."""

import pytest

from tests.reports import builders
from tests.reports.browser import Browser
from tests.reports.pages import SHA256, WORLDS, crowded, page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("world", ["no_go", "hostile"])
def test_everything_is_open(browser: Browser, world: str) -> None:
    browser.open(page(WORLDS[world]()))
    browser.media("print")

    hidden = (
        "return [...document.querySelectorAll('details > :not(summary)')].filter(part => !part.offsetHeight).length"
    )
    assert browser.run(hidden) == 0


@pytest.mark.parametrize("world", WORLDS)
def test_each_page_tells_number_run_record_and_that_it_is_unsigned(browser: Browser, world: str) -> None:
    browser.open(page(WORLDS[world]()))
    pages = browser.pdf()

    assert len(pages) > 2
    for number, told in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in told
        assert builders.RUN in told
        assert SHA256 in told
        assert "UNSIGNED" in told
        assert ("SANDBOX: not a real AWS account" in told) == (world == "hostile")


def test_no_row_is_cut(browser: Browser) -> None:
    """A row of the events begins with its time and ends with its reason: both are on one page."""
    events = [
        event
        for number in range(150)
        for event in builders.steps(
            f"Row{number:03}", "UPDATE_FAILED", at=number, reason=f"because {'of much ' * 40} end{number:03}."
        )
    ]
    browser.open(
        page(
            builders.evidence(operation=builders.operation(*builders.steps("codeocean", "UPDATE_IN_PROGRESS"), *events))
        )
    )
    pages = [
        told[told.index("Events, oldest first") :] if "Events, oldest first" in told else told for told in browser.pdf()
    ]
    first = next(number for number, told in enumerate(pages) if "Events, oldest first" in told)

    for number in range(150):
        (begins,) = [at for at, told in enumerate(pages[first:]) if f"Row{number:03}" in told]
        (ends,) = [at for at, told in enumerate(pages[first:]) if f"end{number:03}." in told]
        assert begins == ends


def test_the_head_of_a_table_stands_on_each_of_its_pages(browser: Browser) -> None:
    browser.open(page(crowded(100, 4)))

    assert sum("Reason" in told and "Status" in told for told in browser.pdf()) > 3
