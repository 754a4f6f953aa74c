"""Acme's statistics clients know some certificate authorities of RDS only, and go dark when a database has another."""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.known import Fact

KNOWN = ("rds-ca-default", "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1")


@check(
    id="acme-database-certificates",
    title="Acme's clients know who issued the databases' certificates",
    severity=Severity.BLOCKER,
    why="Clients that do not know the authority refuse the connection as soon as they open a new one.",
    remedy="Give the clients the new bundle of RDS first.",
    requirement="ACME-SOP-112",
)
def check_acme_database_certificates(issuers: Fact[dict[str, str]]) -> None:
    """A fact of one's own: `issuers` comes from the conftest.py beside this file."""
    if not issuers.value:
        not_applicable("the stack has no database")
    fail(
        [
            Finding(
                found=f"the certificate of {database} is issued by {issuer}",
                expected=f"one of {', '.join(KNOWN)}",
                remedy="give the clients the bundle that holds this authority, then add it to the list",
                logical_id=database,
            )
            for database, issuer in issuers.value.items()
            if issuer not in KNOWN
        ]
    )
