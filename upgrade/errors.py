"""The errors of the gate.

    PlimsollError
    ├── UsageError      the command line, the configuration or the machine: exit 4, before the first AWS call
    ├── CannotTell      a fact a check needs is not known: the check's outcome is ERROR
    └── Refused         planned and judged, but not now: exit 12

An AWS call that fails is no exception above `upgrade.aws`: it is an `Unknown` fact (upgrade.facts.known).
"""


class PlimsollError(Exception):
    """Root of all errors this project raises on purpose; its text is fit for a user's eyes."""


class UsageError(PlimsollError):
    """What the user typed or wrote can't be used: says where, what was found, what was expected and what to do."""


class CannotTell(PlimsollError):  # noqa: N818  # the outcome's name, not a programming error
    """A fact is not known, so nothing that depends on it can be judged."""


class Refused(PlimsollError):  # noqa: N818  # the verdict's name
    """The gate was open, and right before executing something was no longer what had been judged."""
