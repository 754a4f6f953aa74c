"""What holds data: volumes, and services that keep state outside any machine of the stack."""

from collections.abc import Mapping
from dataclasses import dataclass

AVAILABLE = "available"
"""A service that is at rest and takes changes."""


@dataclass(frozen=True, slots=True)
class Volume:
    """ec2:DescribeVolumes of one EBS volume."""

    id: str
    size: int
    """GiB."""
    state: str
    """creating, available, in-use, deleting, error."""
    kms_key: str
    """ARN; empty where it is not encrypted."""
    modification: str
    """Of its last modification (ec2:DescribeVolumesModifications): modifying, optimizing, completed, failed; empty where
    EC2 remembers none."""


@dataclass(frozen=True, slots=True)
class StatefulService:
    """An OpenSearch domain, an ElastiCache replication group or an EFS file system."""

    name: str
    """Physical id."""
    status: str
    """`available`, or what it is doing instead, in few words."""
    engine: str = ""
    """OpenSearch, Elasticsearch, redis, valkey; empty for EFS."""
    engine_version: str = ""
    """Without the engine's name, e.g. `1.3`; empty for EFS."""


Volumes = Mapping[str, Volume]
"""By logical id."""
StatefulServices = Mapping[str, StatefulService]
"""By logical id."""
FreeStorage = Mapping[str, int | None]
"""Free bytes by logical id of a database; None where CloudWatch has no measurement of the last half hour."""
