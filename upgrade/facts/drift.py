"""Drift, row by row: what is deployed against what CloudFormation last set.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PropertyDifference:
    """One property that differs; values are AWS's own strings, untrusted."""

    path: str
    """JSON pointer inside the properties, e.g. `/Tags/0/Value`."""
    expected: str
    actual: str
    kind: str
    """ADD, REMOVE or NOT_EQUAL."""


@dataclass(frozen=True, slots=True)
class ResourceDrift:
    """One row of DescribeStackResourceDrifts."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    """IN_SYNC, MODIFIED, DELETED, NOT_CHECKED, UNKNOWN, UNSUPPORTED."""
    differences: tuple[PropertyDifference, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """A completed detection. Types AWS does not check have no row: coverage is counted against the resources."""

    detected_at: datetime
    rows: tuple[ResourceDrift, ...]
