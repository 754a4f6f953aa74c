"""Where the application is asked, and which answers are waited for."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import HEALTH, entry
from upgrade.config.product import load
from upgrade.facts.health import Answer
from upgrade.rules.application import following, unanswered, version_address, version_text, where

NAMED = {"pDnsName": "co", "pDnsRootDomain": "example.com", "pDeploymentType": "internet-facing"}
INTERNAL = {**NAMED, "pDeploymentType": "internal"}
GOOD, ERROR, SILENT = Answer(200, ""), Answer(503, ""), Answer(None, "Connection refused")


def asked(parameters: dict[str, str], product: str = "codeocean", **health: Any) -> tuple[tuple[str, ...], str]:
    return where(entry(health=health), load(product), parameters)


def test_the_product_knows_where_its_deployments_answer() -> None:
    assert asked(NAMED) == (("https://co.example.com/health", "https://co.example.com/api/health"), "")


@pytest.mark.parametrize("parameters", [NAMED, INTERNAL, {}])
def test_what_is_configured_comes_first(parameters: dict[str, str]) -> None:
    assert asked(parameters, addresses=[HEALTH]) == ((HEALTH,), "")


@pytest.mark.parametrize(
    ("parameters", "product", "health", "why"),
    [
        (NAMED, "codeocean", {"from_here": False, "addresses": [HEALTH]}, "from_here = false"),
        (INTERNAL, "codeocean", {}, "pDeploymentType = internal"),
        ({"pDnsName": "co"}, "codeocean", {}, "no parameter 'pDnsRootDomain'"),
        (NAMED, "generic", {}, "product generic"),
    ],
)
def test_where_there_is_none_the_reason_is_told(
    parameters: dict[str, str], product: str, health: dict[str, Any], why: str
) -> None:
    addresses, told = asked(parameters, product, **health)

    assert addresses == ()
    assert why in told


@pytest.mark.parametrize(
    ("before", "now", "waits"),
    [
        (GOOD, GOOD, False),
        (SILENT, GOOD, False),
        (GOOD, ERROR, True),
        (ERROR, ERROR, True),
        (GOOD, SILENT, True),
        (None, SILENT, True),
        (SILENT, ERROR, True),
        (SILENT, SILENT, False),  # this machine can't reach it
        (SILENT, replace(SILENT, named=True), True),
    ],
)
def test_what_may_yet_answer_is_waited_for(before: Answer | None, now: Answer, waits: bool) -> None:
    assert unanswered({HEALTH: before} if before else {}, {HEALTH: now}) == [HEALTH] * waits


def test_the_version_is_asked_on_the_same_host() -> None:
    assert (
        version_address("https://co.example.com:8443/health?deep=1", "/api/v1/x")
        == "https://co.example.com:8443/api/v1/x"
    )


@given(st.tuples(*[st.integers(0, 999)] * 3), st.tuples(*[st.integers(0, 999)] * 3))
def test_no_version_lies_between_one_and_the_following(
    version: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    assert version < following(version)
    assert not version < other < following(version)
    assert version_text(version) == f"{version[0]}.{version[1]}.{version[2]}"
