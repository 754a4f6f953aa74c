"""Search, cache and file systems are at rest when the update begins.

A service that is busy with a change refuses the next one, and the update fails.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-configuration-changes.html
"""

from upgrade.catalogue import Finding, Severity, When, check, fail, not_applicable
from upgrade.facts.changes import Plan
from upgrade.facts.data import AVAILABLE
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.relevance import by_relevance


@check(
    id="stateful-services-are-available",
    title="Search domains, caches and file systems are available",
    severity=Severity.BLOCKER,
    when=When.START,
    why="A service that is busy refuses the change that is planned for it, and the update fails.",
    remedy="Wait until the service is available, then run again.",
    requirements=("URS-33",),
    references=(
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-configuration-changes.html",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroup.html",
    ),
)
def check_stateful_services_are_available(before: Snapshot, plan: Fact[Plan]) -> None:
    services = before.stateful_services.value
    if not services:
        not_applicable("the stack has no OpenSearch domain, ElastiCache group or EFS file system")
    findings = [
        Finding(
            found=f"{name} is {service.status}",
            expected=AVAILABLE,
            remedy="wait until it is available",
            logical_id=name,
            physical_id=service.name,
        )
        for name, service in services.items()
        if service.status != AVAILABLE
    ]
    fail(*by_relevance(findings, plan.value))
