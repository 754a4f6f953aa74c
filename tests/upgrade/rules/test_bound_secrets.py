"""No secret gets into a plan."""

from typing import Any

import pytest

from tests.builders import NOW, change, detail, entry, known, plan, snapshot, stack, template
from tests.upgrade.rules.bound import WAIVER, made
from upgrade.rules.bound import moved

SECRET = "s3cr3t-hunter2"
PARAMETERS = {
    **template().body["Parameters"],  # type: ignore[dict-item]  # a template's section is a mapping
    "pSecret": {"Type": "String", "NoEcho": True, "Default": f"{SECRET}-default"},
    "pToken": {"Type": "String", "NoEcho": "true"},
}
HIDING = {"target": known(template("v4.1.0", Parameters=PARAMETERS))}


@pytest.mark.parametrize(
    ("settings", "deployed"),
    [
        ({"pSecret": SECRET, "pToken": SECRET}, {}),
        ({"pSecret": {"value": SECRET}, "pToken": {"env": "TOKEN"}}, {}),
        ({"pToken": SECRET}, {"pSecret": "****"}),
        ({"pToken": SECRET}, {}),
        ({}, {"pSecret": SECRET, "pToken": SECRET}),
    ],
    ids=["given", "environment", "deployed", "default", "not yet secret where it is deployed"],
)
def test_no_value_of_a_noecho_parameter_is_in_it(settings: dict[str, Any], deployed: dict[str, str]) -> None:
    live = stack(parameters={**stack().parameters, **deployed})
    bound = made(entry(parameters=settings), snapshot(stack=known(live), **HIDING))

    assert bound.parameters["pSecret"] == bound.parameters["pToken"] == "****"
    assert SECRET not in bound.text()


def clean(text: str) -> str:
    return text.replace(SECRET, "[REDACTED]")


def test_every_text_is_cleaned() -> None:
    told = f"before {SECRET} after"
    secretive = made(
        entry(tags={"a": told}, waivers=[{**WAIVER, "reason": told}], backup={"none": told}),
        snapshot(
            stack=known(stack(parameters={"pRdsAllocatedStorage": told}, tags={"a": told})),
            target=known(template("v4.1.0", f"https://user:{SECRET}@example.com")),
        ),
        plan(
            change("AlarmsTopic", detail(before=told, after=told), before_context=told, after_context=told),
            parameters={"a": told},
            tags={"a": told},
        ),
        clean,
        versions=(told, told),
    )

    assert SECRET not in secretive.text()
    assert secretive.stack.tags == {"a": "before [REDACTED] after"}
    assert secretive.changes[0].details[0].after == "before [REDACTED] after"


def test_a_cleaned_plan_has_not_moved_when_it_is_cleaned_again() -> None:
    secretive = plan(change("AlarmsTopic", detail(after=SECRET)), tags={"a": SECRET})

    assert moved(made(change_set=secretive, clean=clean), made(change_set=secretive, clean=clean)) == []


def test_a_secret_that_changed_is_told_though_neither_is_shown() -> None:
    one, two = (plan(change("AlarmsTopic", detail(after=text))) for text in (SECRET, SECRET + SECRET))
    found = moved(made(change_set=one, clean=clean), made(change_set=two, clean=clean))

    assert len(found) == 1
    assert found[0].startswith("change_set.changes_sha256")


@pytest.mark.parametrize("secret", ["plimsoll", "2026-11"], ids=["in the format", "in a time"])
def test_a_secret_that_stands_in_no_free_text_by_chance_breaks_nothing(secret: str) -> None:
    bound = made(clean=lambda text: text.replace(secret, "[REDACTED]"))

    assert (bound.format, bound.made) == ("plimsoll-plan/2", NOW)


def test_no_value_that_is_secret_by_its_name_is_in_it() -> None:
    named = detail(path="/Properties/MasterUserPassword", before=SECRET, after=SECRET)
    live = stack(parameters={**stack().parameters, "pApiToken": SECRET}, tags={"password": SECRET})
    target = known(template("v4.1.0", Parameters={**PARAMETERS, "pApiToken": {"Type": "String"}}))
    planned = plan(change("AlarmsTopic", named, detail(before="a", after=None)), parameters={"pApiToken": SECRET})
    bound = made(entry(), snapshot(stack=known(live), target=target), planned)

    assert (
        bound.parameters["pApiToken"] == bound.stack.parameters["pApiToken"] == bound.stack.tags["password"] == "****"
    )
    assert [(each.before, each.after) for each in bound.changes[0].details] == [("****", "****"), ("a", None)]
    assert SECRET not in bound.text()
