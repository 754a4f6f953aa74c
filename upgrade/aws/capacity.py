"""What a region and an account have room for, as EC2, Batch and Service Quotas tell it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.ec2 import ALIVE, FILTERED
from upgrade.aws.errors import code_of
from upgrade.errors import ServiceFailed
from upgrade.facts.capacity import InstanceType, Subnet
from upgrade.rules.quotas import vcpu_quota

NEVER_CHANGED = "NoSuchResourceException"
"""What Service Quotas answers for a quota that has only its default value, of some services."""


def read_subnets(client: Any, ids: Iterable[str]) -> dict[str, Subnet]:
    """DescribeSubnets.

    Raises:
        ServiceFailed: one of them is not there.
    """
    wanted = sorted(set(ids))
    found = {
        row["SubnetId"]: Subnet(row["SubnetId"], row["AvailabilityZone"], row["AvailableIpAddressCount"])
        for row in _filtered(client, "describe_subnets", "Subnets", "subnet-id", wanted)
    }
    if missing := [each for each in wanted if each not in found]:
        raise ServiceFailed(f"EC2 knows no subnet {', '.join(missing)}")
    return found


def read_instance_types(client: Any, names: Iterable[str]) -> dict[str, InstanceType]:
    """DescribeInstanceTypes and DescribeInstanceTypeOfferings; one that the region does not have has no zones."""
    wanted = sorted(set(names))
    vcpus = {
        row["InstanceType"]: row["VCpuInfo"]["DefaultVCpus"]
        for row in _filtered(client, "describe_instance_types", "InstanceTypes", "instance-type", wanted)
    }
    zones: dict[str, list[str]] = {}
    for row in _filtered(
        client,
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        "instance-type",
        wanted,
        LocationType="availability-zone",
    ):
        zones.setdefault(row["InstanceType"], []).append(row["Location"])
    return {name: InstanceType(name, vcpus.get(name, 0), tuple(sorted(zones.get(name, [])))) for name in wanted}


def read_vcpus_in_use(client: Any) -> Mapping[str, int]:
    """DescribeInstances: by quota code, the vCPUs of all on-demand machines of the account in the region."""
    filters = [{"Name": "instance-state-name", "Values": list(ALIVE)}]
    used: Counter[str] = Counter()
    for page in client.get_paginator("describe_instances").paginate(Filters=filters):
        for row in (row for each in page["Reservations"] for row in each["Instances"]):
            if row.get("InstanceLifecycle") != "spot":
                options = row["CpuOptions"]
                used[vcpu_quota(row["InstanceType"])] += options["CoreCount"] * options["ThreadsPerCore"]
    return used


def count_addresses(client: Any) -> int:
    """DescribeAddresses, which has no pages."""
    return len(client.describe_addresses(Filters=[{"Name": "domain", "Values": ["vpc"]}])["Addresses"])


def count_environments(client: Any) -> int:
    """DescribeComputeEnvironments of the account in the region."""
    pages = client.get_paginator("describe_compute_environments").paginate()
    return sum(len(page["computeEnvironments"]) for page in pages)


def read_quota(client: Any, service: str, code: str) -> tuple[str, float]:
    """GetServiceQuota, or GetAWSDefaultServiceQuota where it was never changed: name and value."""
    try:
        found = client.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]
    except ClientError as error:
        if code_of(error) != NEVER_CHANGED:
            raise
        found = client.get_aws_default_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]
    return found["QuotaName"], found["Value"]


def _filtered(client: Any, call: str, rows: str, name: str, values: list[str], **more: Any) -> Iterable[dict[str, Any]]:
    for start in range(0, len(values), FILTERED):
        filters = [{"Name": name, "Values": values[start : start + FILTERED]}]
        for page in client.get_paginator(call).paginate(Filters=filters, **more):
            yield from page[rows]
