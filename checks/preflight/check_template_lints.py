"""The target template has no error that the deployed one does not have too.

Which errors there are changes with cfn-lint's own version; so both are looked at by the same one, for the stack's region.
https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
"""

import re
from collections import Counter

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.product import GENERIC, Product
from upgrade.facts.lint import LintError
from upgrade.facts.snapshot import Snapshot

BROKEN = "E0"
"""Rules that begin so say that a template can't be processed at all."""

CRASHED = "E0002"
"""A rule of cfn-lint itself failed. Where it fails at the deployed template as well, it says nothing about the target."""


@check(
    id="template-lints",
    title="The target template has no error that the deployed one does not have",
    severity=Severity.BLOCKER,
    why="What cfn-lint calls an error mostly fails an update half-way, and the template is the cheapest place to find it.",
    remedy="Mend the template; of a vendor's template tell the vendor.",
    requirements=("URS-25",),
    references=("https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md",),
)
def check_template_lints(before: Snapshot, product: Product) -> None:
    lint = before.lint.value
    known = Counter(map(_same, lint.deployed or ()))
    blocking: list[Finding] = []
    told: list[Finding] = []
    for error in lint.target:
        is_old = known[_same(error)] > 0
        known[_same(error)] -= 1
        broken = error.rule.startswith(BROKEN) and not (error.rule == CRASHED and is_old)
        if broken or not is_old:
            (blocking if broken or product.name == GENERIC else told).append(_finding(error, lint.version))
    fail(blocking, told)


def _same(error: LintError) -> tuple[str, str, str]:
    """What tells errors apart: an element put into a list before it does not make an old error a new one."""
    return error.rule, re.sub(r"/\d+(?=/|$)", "/*", error.path), error.message


def _finding(error: LintError, version: str) -> Finding:
    parts = error.path.split("/")
    return Finding(
        found=f"{error.rule} at {error.path or 'the top'}: {error.message}",
        expected=f"no error of cfn-lint {version} that the deployed template does not have too",
        remedy=f"correct the template, or tell its vendor; rule {error.rule} is explained at "
        "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md",
        logical_id=parts[1] if parts[0] == "Resources" and len(parts) > 1 else "",
        property=error.path,
    )
