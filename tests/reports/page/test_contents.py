import re

from reports.page import contents
from tests.reports import builders
from tests.reports.builders import made
from tests.reports.pages import page


def test_what_is_not_there_is_not_listed() -> None:
    upgraded = dict(contents.sections(made(builders.evidence())))
    stopped = dict(contents.sections(made(builders.no_go())))

    assert "update" in upgraded
    assert "update" not in stopped
    assert (stopped["blockers"], stopped["warnings"], stopped["deviations"]) == (
        "Blockers 2",
        "Warnings 1",
        "Deviations 2",
    )
    assert not {"blockers", "warnings"} & set(upgraded)


def test_the_sections_stand_in_the_order_they_are_listed_in() -> None:
    source = page(builders.no_go())
    listed = [anchor for anchor, _ in contents.sections(made(builders.no_go()))]

    standing = [found for found in re.findall(r'<section id="([a-z]+)"', source) if found in listed]
    assert standing == listed
