"""The errors of the gate.

    PlimsollError
    ├── UsageError      the command line, the configuration or the machine: exit 4, before the first AWS call
    ├── CannotTell      a fact a check needs is not known: the check's outcome is ERROR
    ├── NotExecuted     our change set was certainly not executed
    ├── NotSettled      what was waited for did not come in time: the fact is not known
    └── ServiceFailed   what was asked for was tried and failed: the fact is not known

An AWS call that fails is no exception above `upgrade.aws`: it is an `Unknown` fact (upgrade.facts.known).
"""


class PlimsollError(Exception):
    """Root of all errors this project raises on purpose; its text is fit for a user's eyes."""


class UsageError(PlimsollError):
    """What the user typed or wrote can't be used: says where, what was found, what was expected and what to do."""


class CannotTell(PlimsollError):  # noqa: N818  # the outcome's name, not a programming error
    """A fact is not known, so nothing that depends on it can be judged."""


class NotExecuted(PlimsollError):  # noqa: N818  # what is certain, not what went wrong in us
    """Our change set was not executed, and this is certain."""


class NotSettled(PlimsollError):  # noqa: N818  # what it is, not what went wrong in us
    """An answer came, but not with the awaited state, until the deadline."""


class ServiceFailed(PlimsollError):  # noqa: N818  # what it is, not what went wrong in us
    """A service tried what was asked for and says that it failed."""
