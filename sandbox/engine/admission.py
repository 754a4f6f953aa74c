"""Whether a request may begin: names, tokens, the state of the stack; and beginning its work.

A request is decided under the world's lock; its work is done without it.
"""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.engine import policy, source
from sandbox.engine.errors import CloudFormationError, ValidationError
from sandbox.engine.state import Stack
from sandbox.engine.world import Region

UPDATABLE = frozenset(
    {
        "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_FAILED",
    }
)  # fmt: skip
NO_STACK = "Stack [{}] does not exist"

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]*")
_MAX_NAME = 128
_log = logging.getLogger(__name__)

Request = Mapping[str, Any]


def refuse_name(name: str) -> None:
    """Refuse what can't be the name of a new stack; the service model has no pattern for it. Raises ValidationError."""
    if not _NAME.fullmatch(name) or len(name) > _MAX_NAME:
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: Member must "
            f"satisfy regular expression pattern: {_NAME.pattern}"
        )


def refuse_busy(stack: Stack) -> None:
    """Refuse to update a stack that is not at rest. Raises ValidationError."""
    if stack.state.status not in UPDATABLE:
        raise ValidationError(f"Stack:{stack.id} is in {stack.state.status} state and can not be updated.")


def known_token(region: Region, action: str, request: Request) -> Stack | None:
    """The stack, if this very request was carried out before. Raises TokenAlreadyExistsException."""
    token = request.get("ClientRequestToken")
    if token not in region.tokens:
        return None
    used, stack_id = region.tokens[token]
    stack = region.stacks[stack_id]
    if used == action and request.get("StackName", stack.name) in (stack.name, stack.id):
        return stack
    raise CloudFormationError(
        "TokenAlreadyExistsException", f"A client request token {token} already exists for another operation."
    )


def use_token(region: Region, action: str, stack: Stack, request: Request) -> str | None:
    """Remember the token of a request that is carried out."""
    token = request.get("ClientRequestToken")
    if token:
        region.tokens[token] = (action, stack.id)
    return token


def policy_of(region: Region, request: Request, name: str) -> str | None:
    """A stack policy given as `…Body` or `…URL`. Raises ValidationError."""
    body, address = request.get(f"{name}Body"), request.get(f"{name}URL")
    if body and address:
        raise ValidationError(f"You cannot specify both {name}Body and {name}URL")
    text = source.read(region, address) if address else body
    if text:
        policy.check(text)
    return text or None


def obsolete(region: Region, stack: Stack) -> None:
    """The stack moves on: no change set made before can be executed."""
    for change_set in region.change_sets.values():
        if change_set.stack is stack and change_set.execution_status == "AVAILABLE":
            change_set.execution_status = "OBSOLETE"


def carry_on(region: Region, stack: Stack, work: Callable[[], object]) -> None:
    """Do the work of an operation. A mistake of the sandbox leaves the stack in a failed state, never at work."""

    def guarded() -> None:
        try:
            work()
        except Exception as error:
            _log.exception("operation on %s failed inside the sandbox", stack.name)
            if stack.state.status.endswith("_IN_PROGRESS"):
                verb = stack.state.status.removesuffix("_CLEANUP_IN_PROGRESS").split("_")[0]
                stack.told(f"{verb}_FAILED", f"Internal Failure: {type(error).__name__}: {error}")
            raise
        finally:
            stack.forget(max(region.knobs.lag, 0.0) + 60)

    region.world.run(guarded)
