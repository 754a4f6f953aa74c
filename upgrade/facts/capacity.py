"""What a region and an account have room for: subnets, instance types, quotas."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subnet:
    """ec2:DescribeSubnets of one subnet."""

    id: str
    zone: str
    """Availability zone, e.g. `us-east-1a`."""
    free: int
    """Addresses that nobody uses."""


@dataclass(frozen=True, slots=True)
class InstanceType:
    """ec2:DescribeInstanceTypes and DescribeInstanceTypeOfferings of one type in the region."""

    name: str
    vcpus: int
    """0 where EC2 knows no such type in the region."""
    zones: tuple[str, ...]
    """Where it is offered."""


@dataclass(frozen=True, slots=True)
class Quota:
    """servicequotas:GetServiceQuota, and how much of it is in use."""

    name: str
    limit: float
    used: int


SubnetsById = Mapping[str, Subnet]
"""By subnet id."""
InstanceTypes = Mapping[str, InstanceType]
"""By name."""
Quotas = Mapping[str, Quota]
"""By quota code, e.g. `L-1216C47A`."""
