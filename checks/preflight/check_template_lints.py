"""The target template has no error that the deployed one does not have too.

Which errors there are changes with cfn-lint's own version; so both are looked at by the same one, for the stack's region.
https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
"""

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.product import GENERIC, Product
from upgrade.errors import CannotTell
from upgrade.facts.lint import LintError
from upgrade.facts.snapshot import Snapshot

BROKEN = "E0"
"""Rules that begin so say that a template can't be processed at all."""


@check(
    id="template-lints",
    title="The target template has no error that the deployed one does not have",
    severity=Severity.BLOCKER,
    why="What cfn-lint calls an error mostly fails an update half-way, and the template is the cheapest place to find it.",
    remedy="Mend the template; of a vendor's template tell the vendor.",
    requirement="The template is sound",
    references=("https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md",),
)
def check_template_lints(before: Snapshot, product: Product) -> None:
    if before.lint is None:
        raise CannotTell("the templates were not linted")
    lint = before.lint.value
    known = {(error.rule, error.path, error.message) for error in lint.deployed}
    blocking: list[Finding] = []
    told: list[Finding] = []
    for error in lint.target:
        broken = error.rule.startswith(BROKEN)
        if broken or (error.rule, error.path, error.message) not in known:
            (blocking if broken or product.name == GENERIC else told).append(_finding(error, lint.version))
    fail(blocking, told)


def _finding(error: LintError, version: str) -> Finding:
    parts = error.path.split("/")
    return Finding(
        found=f"{error.rule} at {error.path or 'the top'}: {error.message}",
        expected=f"no error of cfn-lint {version} that the deployed template does not have too",
        remedy=f"look rule {error.rule} up in cfn-lint's list of rules; of a vendor's template tell the vendor",
        logical_id=parts[1] if parts[0] == "Resources" and len(parts) > 1 else "",
        property=error.path,
    )
