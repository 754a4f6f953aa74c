"""Search domains as OpenSearch Service sees them."""

from typing import Any

from upgrade.facts.data import AVAILABLE, StatefulService

DOMAIN = "AWS::OpenSearchService::Domain"

BUSY = {"Deleted": "being deleted", "UpgradeProcessing": "upgrading", "Processing": "processing a change"}
"""Flags of a domain that is not at rest.
https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainStatus.html"""

ISOLATED = "Isolated"
"""DomainProcessingStatus of a domain taken off the network because a required update was never made."""


def read_domain(client: Any, name: str) -> StatefulService:
    """DescribeDomain of one domain."""
    row = client.describe_domain(DomainName=name)["DomainStatus"]
    at_rest = ISOLATED.lower() if row.get("DomainProcessingStatus") == ISOLATED else AVAILABLE
    status = next((told for flag, told in BUSY.items() if row.get(flag)), at_rest)
    engine, _, version = row["EngineVersion"].partition("_")
    return StatefulService(row["DomainName"], status, engine, version)
