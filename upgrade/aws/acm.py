"""Certificates as ACM sees them."""

from typing import Any

from upgrade.facts.health import Certificate

CERTIFICATE = "AWS::CertificateManager::Certificate"


def read_certificate(client: Any, arn: str) -> Certificate:
    """DescribeCertificate."""
    row = client.describe_certificate(CertificateArn=arn)["Certificate"]
    return Certificate(
        arn=arn,
        domain=row.get("DomainName", ""),
        status=row["Status"],
        expires=row.get("NotAfter"),
        renews=row.get("RenewalEligibility") == "ELIGIBLE",
    )
