"""The application answers over HTTPS with a valid certificate, as its users reach it.

UPDATE_COMPLETE and healthy targets say nothing about names, certificates and listener rules.
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.facts.health import Answer
from upgrade.facts.known import Known
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.application import unreachable, where


@check(
    id="application-answers",
    title="The application answers over HTTPS with a valid certificate",
    severity=Severity.BLOCKER,
    why="A stack can be complete and its targets healthy while users see an error, or nothing.",
    remedy="Open the address in a browser; look at the load balancer's rules, the DNS record and the start log.",
    requirements=("URS-37",),
    references=("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",),
    compares_baseline=True,
)
def check_application_answers(before: Snapshot, after: Snapshot, entry: StackEntry, product: Product) -> None:
    addresses, why_not = where(entry, product, after.stack.value.parameters)
    if not addresses:
        not_applicable(why_not)
    was, now = before.answers.value if isinstance(before.answers, Known) else {}, after.answers.value
    bad = {address: answer for address, answer in now.items() if not answer.good}
    as_before = {address for address in bad if unreachable(address, was, now)}
    fail(
        [_finding(address, answer) for address, answer in bad.items() if address not in as_before],
        [_as_before(address, bad[address], entry) for address in sorted(as_before)],
    )


def _finding(address: str, answer: Answer) -> Finding:
    return Finding(
        found=f"{address}: {answer}",
        expected="an answer without an error, and a certificate that is valid for this name",
        remedy="open it in a browser; then look at target groups, listener rules, DNS and certificate, in this order",
    )


def _as_before(address: str, answer: Answer, entry: StackEntry) -> Finding:
    return Finding(
        found=f"{address}: {answer}; it did not answer before the upgrade either",
        expected="an answer",
        remedy="if the application can't be reached from this machine, write this; if its certificate is a private one, name "
        "ca_bundle there instead",
        paste=f"[stacks.{entry.name}.health]\nfrom_here = false",
    )
