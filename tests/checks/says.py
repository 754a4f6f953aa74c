"""Run a check the way the gate does and get back what it said."""

from collections.abc import Callable
from typing import Any

from upgrade.catalogue import Finding, Outcome, Verdictless
from upgrade.errors import CannotTell


def says(check: Callable[..., None], **facts: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    """The outcome of a check on these facts, and its findings."""
    try:
        check(**facts)
    except Verdictless as told:
        return told.outcome, told.findings
    except CannotTell:
        return Outcome.ERROR, ()
    return Outcome.PASS, ()
