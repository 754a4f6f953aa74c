"""Quotas that an update may run into, by their codes. Pure.

https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
"""

import re

EIPS = "L-0263D0A3"
"""EC2-VPC Elastic IPs."""

ENVIRONMENTS = "L-144F0CA5"
"""Compute environments of Batch."""

_FAMILIES = {
    "L-1216C47A": ("a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"),
    "L-DB2E81BA": ("g", "gr", "vt"),
    "L-417A185B": ("p",),
    "L-7295265B": ("x",),
    "L-74FC7D96": ("f",),
    "L-1945791B": ("inf",),
    "L-2C3B7624": ("trn",),
    "L-6E869C2A": ("dl",),
    "L-43DA4232": ("u",),
    "L-F7808C92": ("hpc",),
}
"""Running On-Demand instances, in vCPUs: by code the letters with which instance types begin."""

_CODES = {family: code for code, families in _FAMILIES.items() for family in families}


def vcpu_quota(instance_type: str) -> str:
    """The code of the quota in which on-demand machines of a type count; empty for one that is counted otherwise."""
    letters = re.match(r"[a-z]+", instance_type)
    return _CODES.get(letters[0], "") if letters else ""


def service_of(code: str) -> str:
    """The service a quota belongs to, as Service Quotas names it."""
    return "batch" if code == ENVIRONMENTS else "ec2"
