"""What computes in or for the stack: jobs, groups of machines, machines, images."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """batch:ListJobs, one job that is not over."""

    id: str
    name: str
    status: str
    """SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING."""


@dataclass(frozen=True, slots=True)
class JobQueue:
    """One queue and its jobs that are not over."""

    arn: str
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """One machine."""

    id: str
    state: str
    """Of a group's machine its lifecycle state (InService, Terminating, Warmed:Stopped, …), else that of EC2."""


@dataclass(frozen=True, slots=True)
class ScalingGroup:
    """autoscaling:DescribeAutoScalingGroups of one group; machines of its warm pool are not among its instances."""

    name: str
    instances: tuple[Instance, ...]
    tags: Mapping[str, str]
    max_size: int
    """How many machines it may grow to."""
    suspended: tuple[str, ...] = ()
    """Processes that are suspended: Launch, Terminate, HealthCheck, ReplaceUnhealthy, AZRebalance, …"""


@dataclass(frozen=True, slots=True)
class LaunchSource:
    """ec2:DescribeLaunchTemplateVersions of one version from which a group launches its machines."""

    template: str
    """Id of the launch template."""
    version: str
    """Its number; `$Latest` and `$Default` are looked up."""
    image: str
    """As it stands there: an image id as a rule; empty where the version names none."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of a group, and what it was launched from."""

    id: str
    state: str
    """Lifecycle state: InService, Terminating, …"""
    template: str
    """Id of the launch template; empty where it was launched from something else."""
    version: str
    image: str
    """What it really runs; empty where EC2 no longer shows the machine."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What a group launches, and the machines it has."""

    group: str
    """Its name."""
    desired: int
    """How many machines it should have."""
    sources: tuple[LaunchSource, ...]
    """Its launch template version, and those its overrides name; none where it uses a launch configuration."""
    machines: tuple[Machine, ...]


@dataclass(frozen=True, slots=True)
class Refresh:
    """autoscaling:DescribeInstanceRefreshes, one that is not over."""

    id: str
    status: str
    """Pending, InProgress, Cancelling, RollbackInProgress, Baking."""


@dataclass(frozen=True, slots=True)
class Environment:
    """batch:DescribeComputeEnvironments of one compute environment."""

    arn: str
    status: str
    """CREATING, UPDATING, DELETING, DELETED, VALID, INVALID."""
    reason: str
    """Batch's own words about the status."""


@dataclass(frozen=True, slots=True)
class Queue:
    """batch:DescribeJobQueues of one queue; its jobs are read by themselves (`JobQueue`)."""

    arn: str
    status: str
    """CREATING, UPDATING, DELETING, DELETED, VALID, INVALID."""
    reason: str
    """Batch's own words about the status."""
    environments: tuple[str, ...]
    """ARNs of its compute environments, in the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Image:
    """ec2:DescribeImages of one image, and the key its snapshots are encrypted with."""

    id: str
    visible: bool
    """Whether the account may see it at all; the rest is empty if not."""
    state: str
    """available, pending, failed, deregistered, …"""
    key: str
    """ARN of the KMS key; empty where nothing is encrypted, or the snapshot can't be looked at."""
    key_state: str
    """Enabled, Disabled, PendingDeletion, …; empty where there is no key."""
    hidden: tuple[str, ...] = ()
    """Its encrypted snapshots that can't be looked at: an image can be shared without them."""


JobQueues = Mapping[str, JobQueue]
"""By logical id."""
ScalingGroups = Mapping[str, ScalingGroup]
"""By logical id."""
Refreshes = Mapping[str, tuple[Refresh, ...]]
"""By logical id of the group."""
Launches = Mapping[str, Launch]
"""By logical id of the group."""
Environments = Mapping[str, Environment]
"""By logical id."""
Queues = Mapping[str, Queue]
"""By logical id."""
Images = Mapping[str, Image]
"""By image id."""
