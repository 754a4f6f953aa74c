"""docs/findings.md knows every world, and its texts do not differ from run to run."""

import re

import pytest

from bench.catalogue import Result, Said
from bench.findings import everything, page, steady
from bench.worlds import WORLDS, World
from tests.acceptance.gate import CHECKOUT
from upgrade.catalogue import catalogue

PAGE = (CHECKOUT / "docs/findings.md").read_text(encoding="utf-8")


def test_the_page_says_of_every_world_what_was_said_or_that_it_was_not_run() -> None:
    table, _, rest = PAGE.partition("## Where it was said")[2].partition("Not run for this page: ")
    listed = {line.split(" | ")[0].strip("| ") for line in table.splitlines()[4:] if line}
    not_run = set(rest.strip().removesuffix(".").split(", ")) if rest else set()

    assert WORLDS.keys() <= listed | not_run <= {world.name for world in everything()}, (
        "run: python -m bench.findings > docs/findings.md"
    )


def test_the_page_names_checks_that_there_are() -> None:
    sections = set(re.findall(r"^## ([a-z0-9-]+)$", PAGE, re.MULTILINE))

    assert sections <= {info.id for info in catalogue()}, "run: python -m bench.findings > docs/findings.md"


def test_a_finding_stands_once_under_its_check_with_the_worlds_that_met_it() -> None:
    finding = {"found": "vol-0a1b2c3d4e is <full>", "expected": "room", "remedy": "enlarge it", "paste": "aws  ec2 x"}
    worlds = [World(name=name, sentence="s", build=lambda _: None) for name in ("one", "two")]
    other = {**finding, "found": "vol-9f8e7d6c5b is <full>"}
    made = page(
        [
            Result(worlds[0], "NO_GO", (Said("volumes-are-not-shrunk", stops=True, finding=finding),)),
            Result(worlds[1], "NO_GO", (Said("volumes-are-not-shrunk", stops=True, finding=other),)),
        ]
    )

    assert made.count(r"- **blocks** vol-… is \<full\>") == 1
    assert "`aws ec2 x`" in made
    assert "*(one, two)*" in made
    assert "| one | s | NO_GO |" in made
    assert "Not run for this page: " in made


def test_what_could_not_be_read_stands_once_with_the_checks_that_wait_for_it() -> None:
    unread = {"found": "rds:DescribeDBInstances: denied", "remedy": "allow it"}
    world = World(name="one", sentence="s", build=lambda _: None)
    said = tuple(Said(check, stops=True, finding=unread) for check in ("rds-accepts-changes", "database-is-intact"))
    made = page([Result(world, "CANNOT_TELL", said)])

    assert made.count("- rds:DescribeDBInstances: denied") == 1
    assert "Do this: allow it" in made
    assert "Not judged: database-is-intact, rds-accepts-changes\n  *(one)*" in made
    assert "## rds-accepts-changes" not in made


@pytest.mark.parametrize(
    ("text", "steadied"),
    [
        ("read at 2026-11-26T20:18:44.123456+00:00", "read at …"),
        ("key/92f5ffdc-b60f-44c1-9c45-17deaa6b3807 is Disabled", "key/… is Disabled"),
        ("i-0123456789abcdef0 and ami-0d94e17b3c5a80f26", "i-… and ami-0d94e17b3c5a80f26"),
        ("alarm codeocean-ServicesUnhealthyHostAlarm-X7AKMB1S4UGK", "alarm codeocean-ServicesUnhealthyHostAlarm-…"),
        ("codeocean-results-bucket", "codeocean-results-bucket"),
    ],
    ids=["time", "uuid", "id", "generated name", "name"],
)
def test_what_differs_from_run_to_run_is_left_out(text: str, steadied: str) -> None:
    assert steady(text) == steadied
