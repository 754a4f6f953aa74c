"""What no AWS call can set: pace, latency, throttling, expired tokens, the fault of a named resource.

Set as JSON at `POST /__sandbox__/faults`; every key is optional and a POST replaces only the keys it names.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Knobs:
    """The knobs of one sandbox; durations in seconds."""

    pace: float = 0.0
    """Duration of one resource action. 0: an operation is over before the call that starts it returns."""
    lag: float = 0.0
    """How late stack status and events become visible (eventual consistency): a status read right after
    ExecuteChangeSet is still the one before it."""
    scatter: float = 0.0
    """How much later every third event of a stack becomes visible than those around it; if more than 0, the events of a page
    come in no order."""
    change_set_delay: float = 0.0
    """How long a change set stays CREATE_IN_PROGRESS."""
    drift_delay: float = 0.0
    """How long a drift detection takes."""
    health_delay: float = 0.0
    """How long a new target stays `initial` before it is healthy."""
    terminate_delay: float = 0.0
    """How long an instance that is terminated stays `shutting-down`, and `Terminating` in its group."""
    optimize_delay: float = 0.0
    """How long a database is in `storage-optimization`, and a volume's modification `optimizing`, after its storage was
    changed; 0: not at all."""
    event_age: float = 0.0
    """How long ago what happens to databases from now on is said to have happened, in DescribeEvents; and when backups
    and copies of them that are made from now on are said to have been made."""
    clock: float = 0.0
    """How far the clock of the answers' Date is ahead of this machine's."""
    page: int = 100
    """Rows on a page: of every CloudFormation list, of Batch jobs, EC2 instances, warm pools and RDS events."""
    api: list[dict[str, Any]] = field(default_factory=list)
    """Rules of the fault layer: {service, action, kind: throttle|expired|denied|http500|skewed|absent|latency|drop|lost|
    cut, every, after, times, delay, hold}; see `sandbox.control`."""
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By logical id: {on: create|update|delete|rollback, reason, times} fails that handler;
    {on: update, replace: true} silently gives the resource a new physical id;
    {on: drift, reason} makes drift detection of it fail."""
    targets: dict[str, str] = field(default_factory=dict)
    """Health forced on a target group's targets, by the group's logical id or name: healthy, unhealthy."""
    answer: int = 0
    """HTTP status with which the application answers, however its targets are; 0: as they are."""
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Images another account shares with this one, by id; see `sandbox.control` for the keys, all optional.
    {shared: false}: withdrawn. It is as if it did not exist, and whatever would launch from it fails."""
    jobs: dict[str, str] = field(default_factory=dict)
    """State of a Batch job nobody has ended, by its name or id, where it is not RUNNING: SUBMITTED, PENDING, RUNNABLE
    or STARTING."""
    batch: dict[str, dict[str, str]] = field(default_factory=dict)
    """Batch compute environments and job queues, by name or ARN: {status, statusReason} other than VALID."""
    functions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By function name, what GetFunctionConfiguration says otherwise: {State, StateReason, RuntimeVersionConfig, …}."""
    upkeep: dict[str, Any] = field(default_factory=dict)
    """What AWS is going to do, by the name of a database (rows of PendingMaintenanceActionDetails), a cache group (rows of
    UpdateActions) or a search domain (its ServiceSoftwareOptions)."""
    quotas: dict[str, float] = field(default_factory=dict)
    """By quota code, the value of a service quota of EC2 or Batch."""
    refresh_delay: float = 0.0
    """How long an instance refresh is `InProgress`."""
    enforce: bool = False
    """Whether the policies of who calls are enforced (sandbox.access); else everybody may do everything."""
    organization_denies: list[str] = field(default_factory=list)
    """Actions, with wildcards, that a policy of the organization denies to users and roles of the account."""
    validations: list[dict[str, str]] = field(default_factory=list)
    """What CloudFormation finds while a change set is made: {name, mode: FAIL|WARN, status: FAILED|SKIPPED, reason,
    resource, path}. FAILED in mode FAIL: the change set fails. With {during: operation} it is found not then, but when
    the stack that has the resource is created or updated, and in mode FAIL stops that before anything is changed."""
    hooks: list[dict[str, Any]] = field(default_factory=list)
    """Hooks that look at changes before they are made: {type, mode: FAIL|WARN}. They let everything pass,
    but {fails: a logical id, reason} when that resource is changed; GetHookResult then has its `annotations`. What is
    `hidden` only DescribeEvents tells."""
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def set(self, values: dict[str, Any]) -> None:
        """Take over the named knobs. Raises ValueError for an unknown one."""
        unknown = values.keys() - {name for name in self.__dataclass_fields__ if not name.startswith("_")}
        if unknown:
            raise ValueError(f"unknown knob: {', '.join(sorted(unknown))}")
        with self._lock:
            for name, value in values.items():
                setattr(self, name, value)

    def resource_fault(self, logical_id: str, action: str) -> dict[str, Any] | None:
        """The fault set for this action on this resource, counting down its `times`; None if there is none."""
        with self._lock:
            fault = self.resources.get(logical_id)
            if not fault or fault.get("on") != action or fault.get("times") == 0:
                return None
            if "times" in fault:
                fault["times"] -= 1
            return fault

    def found(self, during: str) -> list[dict[str, str]]:
        """The validations that find something now: at the `making` of a change set, or in an `operation` on a stack."""
        return [each for each in self.validations if each.get("during", "making") == during]

    @staticmethod
    def stops(validation: dict[str, str]) -> bool:
        """Whether nothing is begun because of what a validation has found."""
        return (validation["mode"], validation["status"]) == ("FAIL", "FAILED")

    @staticmethod
    def wait(seconds: float) -> None:
        """Let time pass: the only sleep of the sandbox."""
        if seconds > 0:
            time.sleep(seconds)  # noqa: TID251  # the one sleep of the sandbox
