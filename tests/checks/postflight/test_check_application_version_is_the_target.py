"""Two requests tell the running version; one alone proves nothing."""

from typing import Any

import pytest

from checks.postflight import check_application_version_is_the_target as module
from tests.builders import HEALTH, entry, known, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Outcome
from upgrade.config.product import load
from upgrade.facts.health import Answer, VersionProbe
from upgrade.facts.known import Fact

CHECK = module.check_application_version_is_the_target
OK, REFUSED, DENIED, SILENT = Answer(200, ""), Answer(400, ""), Answer(401, ""), Answer(None, "no answer in time")


def facts(probe: Fact[VersionProbe | None], **health: Any) -> dict[str, Any]:
    configured = entry(health={"addresses": [HEALTH], "token_env": "CO_TOKEN", **health})
    return {
        "before": snapshot(),
        "after": snapshot(version_probe=probe),
        "entry": configured,
        "product": load("codeocean"),
    }


def asked(at_least: Answer, above: Answer, version: str = "4.1.0") -> dict[str, Any]:
    return facts(known(VersionProbe("https://co.example.com/api", version, at_least, above)))


def test_exactly_the_target_passes() -> None:
    assert remarks(CHECK, **asked(OK, REFUSED)) == (Outcome.PASS, "the running application is 4.1.0")


@pytest.mark.parametrize("above", [REFUSED, OK])
def test_an_older_one_is_told(above: Answer) -> None:
    outcome, (finding,) = says(CHECK, **asked(REFUSED, above))

    assert (outcome, finding.blocking) == (Outcome.WARN, False)
    assert finding.found.endswith("wants version 4.1.0: the application is older")


@pytest.mark.parametrize(
    ("at_least", "above", "why"),
    [
        (OK, OK, "nothing is proved"),
        (OK, SILENT, "nothing is proved"),
        (DENIED, DENIED, "HTTP 401"),
        (SILENT, SILENT, "no answer in time"),
    ],
)
def test_what_proves_nothing_cannot_tell(at_least: Answer, above: Answer, why: str) -> None:
    outcome, told = remarks(CHECK, **asked(at_least, above))

    assert outcome is Outcome.ERROR
    assert why in told


def test_of_another_template_nothing_is_said() -> None:
    assert says(CHECK, **asked(OK, REFUSED, "4.0.0"))[0] is Outcome.ERROR


@pytest.mark.parametrize(
    ("found", "proof"),
    [
        (facts(known(None), token_env=None), "no token"),
        (facts(known(None), from_here=False), "health.from_here = false"),
        (facts(known(None)), "the version of product codeocean can't be asked"),
    ],
    ids=["no token", "not from here", "no way"],
)
def test_what_is_not_asked_is_not_applicable(found: dict[str, Any], proof: str) -> None:
    outcome, why = remarks(CHECK, **found)

    assert outcome is Outcome.NOT_APPLICABLE
    assert why.startswith(proof)


def test_what_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, **facts(unknown()))[0] is Outcome.ERROR
