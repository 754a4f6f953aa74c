"""Run a check the way the gate does and get back what it said."""

from collections.abc import Callable
from typing import Any

from upgrade.catalogue import Finding, Outcome, Verdictless
from upgrade.errors import CannotTell


def says(check: Callable[..., None], **facts: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    """The outcome of a check on these facts, and its findings."""
    told = _told(check, facts)
    return told.outcome, told.findings


def remarks(check: Callable[..., None], **facts: Any) -> tuple[Outcome, str]:
    """The outcome of a check on these facts, and its one sentence: a remark, why it does not apply, why it can't tell."""
    told = _told(check, facts)
    return told.outcome, told.detail


def _told(check: Callable[..., None], facts: dict[str, Any]) -> Verdictless:
    try:
        check(**facts)
    except Verdictless as told:
        return told
    except CannotTell as error:
        return Verdictless(Outcome.ERROR, detail=str(error))
    return Verdictless(Outcome.PASS)
