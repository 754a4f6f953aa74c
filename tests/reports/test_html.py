"""The source of report.html: it needs nothing, is sound, and hostile text stays text."""

import base64
import hashlib

import pytest
from jinja2 import UndefinedError

from reports import html
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import made
from tests.reports.pages import SHA256, WORLDS, Outline, page


@pytest.mark.parametrize("world", WORLDS)
def test_the_page_needs_nothing_and_runs_no_script_but_ours(world: str) -> None:
    outline = Outline(page(WORLDS[world]()))

    assert not set(outline.tags) & {"iframe", "object", "embed", "link", "form", "base"}
    assert not [name for _, name, _ in outline.attributes if name.startswith("on")]
    references = [value for _, name, value in outline.attributes if name in {"href", "src"}]
    assert references
    assert all(value.startswith("#") for value in references)
    script = html._ours("report.js")
    assert outline.tags["script"] == 1
    assert script in outline.texts
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{allowed}'"
    assert policy in [value for _, _, value in outline.attributes]


@pytest.mark.parametrize("world", WORLDS)
def test_the_page_is_sound_for_those_who_listen_to_it(world: str) -> None:
    outline = Outline(page(WORLDS[world]()))

    assert ("html", "lang", "en") in outline.attributes
    assert outline.tags["h1"] == outline.tags["main"] == 1
    assert outline.tags["title"] == outline.tags["desc"] + 1 == outline.tags["figure"] + 1
    assert outline.tags["table"] == outline.tags["caption"] == outline.tags["thead"]
    scoped = sum(1 for tag, name, _ in outline.attributes if (tag, name) == ("th", "scope"))
    assert outline.tags["th"] == scoped
    ids = [value for _, name, value in outline.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    anchors = {value[1:] for tag, name, value in outline.attributes if (tag, name) in {("a", "href"), ("use", "href")}}
    assert anchors <= set(ids)


def test_hostile_text_stays_text() -> None:
    text = page(builders.hostile())

    assert text.count("<script") == 1
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


def test_a_name_the_template_does_not_know_is_an_error_not_a_blank() -> None:
    with pytest.raises(UndefinedError):
        html._environment().from_string("{{ record.nothing }}").render(record=made(builders.evidence()))
