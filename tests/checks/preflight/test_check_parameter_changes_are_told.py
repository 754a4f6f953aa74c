"""What nobody has decided on is told: new parameters, changed defaults, values that count for nothing any more."""

from typing import Any

from checks.preflight import check_parameter_changes_are_told as module
from tests.builders import entry, known, snapshot, stack, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.stack import Template

CHECK = module.check_parameter_changes_are_told


def declared(**defaults: Any) -> Template:
    """A template with a parameter a keyword; None: without a default."""
    parameters = {
        name: {"Type": "String"} | ({} if value is None else {"Default": value}) for name, value in defaults.items()
    }
    return template(Parameters=parameters)


def judged(
    deployed: Template, target: Template, live: dict[str, str], **configured: Any
) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(template=known(deployed), target=known(target), stack=known(stack(parameters=live)))
    return says(CHECK, before=before, entry=entry(parameters=configured))


def test_the_same_parameters_are_nothing_to_tell() -> None:
    same = declared(pA="x", pB=None, pC=1)
    assert judged(same, same, {"pA": "own", "pB": "b", "pC": "1"})[0] is Outcome.PASS


def test_a_new_parameter_is_told_with_its_default_until_somebody_decides() -> None:
    outcome, (finding,) = judged(declared(), declared(pNew="on"), {})
    assert outcome is Outcome.WARN
    assert "'on'" in finding.found
    assert finding.paste == 'pNew = "on"'
    assert judged(declared(), declared(pNew="on"), {}, pNew="on")[0] is Outcome.PASS


def test_a_new_parameter_without_a_default_is_another_checks_matter() -> None:
    assert judged(declared(), declared(pNew=None), {})[0] is Outcome.PASS


def test_a_changed_default_is_told_to_those_who_do_not_follow() -> None:
    old, new = declared(pA="5", pB="5", pC="5", pD="5"), declared(pA="10", pB="10", pC="10", pD=10)
    outcome, findings = judged(old, new, {"pA": "5", "pB": "7", "pC": "10", "pD": "5"}, pD="5")
    assert outcome is Outcome.WARN
    assert [finding.found for finding in findings] == [
        "parameter pA keeps the old default, '5'; the target's default is '10'",
        "parameter pB keeps the value it has, '7'; the target's default is '10'",
    ]


def test_a_removed_parameter_is_told_if_it_had_a_value_of_its_own() -> None:
    outcome, (finding,) = judged(declared(pA="5", pB="5"), declared(), {"pA": "5", "pB": "7"})
    assert outcome is Outcome.WARN
    assert finding.property == "pB"


def test_no_secret_is_told() -> None:
    secret = {"Type": "String", "NoEcho": True, "Default": "hunter2"}
    old = template(Parameters={"pGone": {"Type": "String"}})
    new = template(Parameters={"pNew": secret, "pGone2": {"Type": "String", "Default": "x"}})
    _, findings = judged(old, new, {"pGone": "visible", "pGone2": "x"})
    assert "hunter2" not in repr(findings)
    hidden = template(Parameters={"pGone": {"Type": "String", "NoEcho": True}})
    _, (finding,) = judged(hidden, declared(), {"pGone": "****"})
    assert "****" in finding.found


def test_templates_without_parameters_are_not_compared() -> None:
    assert judged(declared(), declared(), {})[0] is Outcome.NOT_APPLICABLE


def test_without_the_templates_it_cannot_tell() -> None:
    for missing in ("template", "target", "stack"):
        lost: dict[str, Any] = {missing: unknown()}
        assert says(CHECK, before=snapshot(**lost), entry=entry())[0] is Outcome.ERROR


def test_what_is_secret_by_its_name_is_told_without_its_value() -> None:
    old, new = declared(pToken="5", pGone=None), declared(pToken="hush", pPassword="hush")  # names of parameters
    outcome, findings = judged(old, new, {"pToken": "hush-hush", "pGone": "x"})

    assert outcome is Outcome.WARN
    assert {finding.property for finding in findings} == {"pToken", "pPassword", "pGone"}
    assert "hush" not in repr(findings)
