"""Errors of the target against those the deployed template has too."""

import pytest

from checks.preflight import check_template_lints as module
from tests.builders import known, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.lint import Lint, LintError

CHECK = module.check_template_lints
ENGINE = LintError("E3030", "Resources/DB/Properties/Engine", "'x' is not one of ['postgres']")


def judged(
    target: tuple[LintError, ...], deployed: tuple[LintError, ...] | None = (), product: str = "codeocean"
) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(lint=known(Lint("1.50.0", deployed, target)))
    return says(CHECK, before=before, product=load(product))


@pytest.mark.parametrize("product", ["codeocean", "generic"])
@pytest.mark.parametrize(
    ("deployed", "target"),
    [((), ()), ((ENGINE,), (ENGINE,)), ((ENGINE,), ()), (None, ())],
    ids=["none", "the same", "mended", "deployed not looked at"],
)
def test_no_new_error_passes(
    product: str, deployed: tuple[LintError, ...] | None, target: tuple[LintError, ...]
) -> None:
    assert judged(target, deployed, product)[0] is Outcome.PASS


@pytest.mark.parametrize(("product", "outcome"), [("generic", Outcome.FAIL), ("codeocean", Outcome.WARN)])
def test_a_new_error_blocks_unless_the_template_is_a_vendors(product: str, outcome: Outcome) -> None:
    said, findings = judged((ENGINE,), product=product)

    assert said is outcome
    assert findings[0].found == "E3030 at Resources/DB/Properties/Engine: 'x' is not one of ['postgres']"
    assert "cfn-lint 1.50.0" in findings[0].expected
    assert (findings[0].logical_id, findings[0].property) == ("DB", "Resources/DB/Properties/Engine")


@pytest.mark.parametrize(
    "error",
    [
        LintError("E3002", ENGINE.path, ENGINE.message),
        LintError(ENGINE.rule, "Resources/Other/Properties/Engine", ENGINE.message),
        LintError(ENGINE.rule, ENGINE.path, "'y' is not one of ['postgres']"),
    ],
    ids=["rule", "place", "message"],
)
def test_another_rule_place_or_message_is_another_error(error: LintError) -> None:
    assert judged((ENGINE, error), (ENGINE,), "generic")[0] is Outcome.FAIL


def statement(index: int) -> LintError:
    return LintError("E3510", f"Resources/Role/Properties/Policies/{index}/PolicyDocument", "is no policy")


def test_an_error_that_an_insertion_has_moved_is_the_same_error() -> None:
    assert judged((statement(1),), (statement(0),), "generic")[0] is Outcome.PASS


def test_one_more_of_the_same_is_a_new_error() -> None:
    assert judged((statement(0), statement(1)), (statement(0),), "generic")[0] is Outcome.FAIL


@pytest.mark.parametrize("product", ["codeocean", "generic"])
def test_a_template_that_can_not_be_processed_blocks(product: str) -> None:
    broken = LintError("E0000", "", "mapping values are not allowed here")
    outcome, findings = judged((broken,), (broken,), product)

    assert outcome is Outcome.FAIL
    assert findings[0].found == "E0000 at the top: mapping values are not allowed here"
    assert findings[0].logical_id == ""


def test_what_blocks_comes_first_and_the_rest_is_told() -> None:
    _, findings = judged((ENGINE, LintError("E0001", "", "no transform")))

    assert [finding.blocking for finding in findings] == [True, False]


def test_without_a_result_it_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(lint=unknown()), product=load("codeocean"))[0] is Outcome.ERROR
