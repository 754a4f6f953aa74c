"""What was asked for takes the place of what is configured, whole; what was not asked for stays."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.builders import entry
from upgrade.config.product import load
from upgrade.errors import UsageError
from upgrade.rules.bound import BoundPlan
from upgrade.run.wish import Wish, asked_for

CODEOCEAN = load("codeocean")
PUBLISHED = str(CODEOCEAN.address("v9.9.9"))
ELSEWHERE = "s3://bucket/template"


def planned(address: str) -> BoundPlan:
    return cast("BoundPlan", SimpleNamespace(target=SimpleNamespace(address=address)))


def configured(**keys: Any) -> Any:
    return entry(**{"target": None, "template_url": None, **keys})


def test_without_a_wish_the_configured_entry_is_judged() -> None:
    given = configured(target="v9.9.9")
    found, target = asked_for(given, CODEOCEAN, Wish(), None)
    assert found == given
    assert (target.version, target.address) == ("v9.9.9", PUBLISHED)


@pytest.mark.parametrize(
    ("to", "version", "template_url"),
    [("v9.9.9", "v9.9.9", None), (ELSEWHERE, None, ELSEWHERE)],
    ids=["version", "address"],
)
@pytest.mark.parametrize("keys", [{"target": "v1.0.0"}, {"template_url": "s3://bucket/old"}, {}], ids=repr)
def test_a_target_takes_the_place_of_the_configured_one(
    keys: dict[str, str], to: str, version: str | None, template_url: str | None
) -> None:
    found, target = asked_for(configured(**keys), CODEOCEAN, Wish(to=to), None)
    assert (found.target, found.template_url) == (version, template_url)
    assert target.version == version


def test_only_the_minutes_change_where_only_they_are_asked_for() -> None:
    given = configured(target="v9.9.9")
    found, _ = asked_for(given, CODEOCEAN, Wish(minutes=7), None)
    assert found == given.model_copy(update={"minutes": 7})


def test_a_reviewed_plan_has_its_target_whatever_is_configured() -> None:
    found, target = asked_for(configured(target="v1.0.0"), CODEOCEAN, Wish(), planned(ELSEWHERE))
    assert (found.target, found.template_url, target.address) == (None, ELSEWHERE, ELSEWHERE)


def test_a_reviewed_plan_of_the_configured_target_keeps_its_version() -> None:
    found, target = asked_for(configured(target="v9.9.9"), CODEOCEAN, Wish(), planned(PUBLISHED))
    assert (found.target, target.version) == ("v9.9.9", "v9.9.9")


def test_without_any_target_nothing_can_be_judged() -> None:
    with pytest.raises(UsageError, match="no target"):
        asked_for(configured(), CODEOCEAN, Wish(), None)
