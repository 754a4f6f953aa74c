"""Why an update failed, and what became of what it had done until then."""

from dataclasses import dataclass

from upgrade.facts.stack import Event, HookRun


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one rule of a hook finds wrong. Untrusted text, all of it, and any of it may be empty."""

    rule: str
    found: str
    advice: str
    link: str


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure, and what to do about it."""

    resource: str
    """Logical id, `Nested.LogicalId` in a nested stack; the stack's name where no resource failed."""
    event: Event
    reason: str
    """The event's own, without what CloudFormation wraps around it; of a hook with what the hook said. Untrusted."""
    family: str
    """Storage, quota, permission …; empty where the reason is of no known kind."""
    remedy: str
    source: str
    """Where a message of that kind was published; empty likewise."""
    hook: HookRun | None = None
    """The hook that stopped it."""

    @property
    def told(self) -> str:
        """Resource, reason and remedy, in this order."""
        return f"{self.resource} ({self.event.type}): {self.reason.rstrip('. ')}. Do this: {self.remedy}"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the events of a failed update tell."""

    cause: Failure | None
    """The earliest failure of the update itself that follows from no other; None if nothing has failed, as far as is told."""
    chain: tuple[Event, ...]
    """From the cause outwards: the failure, the nested stacks that failed with it, the stack that turned back."""
    also: tuple[Failure, ...]
    """Later failures that do not follow from the cause."""
    cancelled: tuple[str, ...]
    """What was given up because of it; named as in `Failure.resource`."""
    undone: tuple[str, ...]
    """What CloudFormation says it took back; a nested stack stands for all in it unless it failed itself."""
    not_undone: tuple[Failure, ...]
    """What it could not take back, the earliest first."""
    unread: tuple[str, ...]
    """Nested stacks that failed and whose events can't be read, each with why: what failed in them is not known."""
