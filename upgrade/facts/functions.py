"""Lambda functions that the stack needs while it is updated."""

from collections.abc import Mapping
from dataclasses import dataclass

from upgrade.facts.known import Fact


@dataclass(frozen=True, slots=True)
class Function:
    """lambda:GetFunctionConfiguration and GetFunctionConcurrency of one function; its environment is not kept."""

    arn: str
    state: str
    """Pending, Active, Inactive, Failed, …: https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html"""
    reason: str
    """Lambda's own words about the state; empty where it is active."""
    runtime: str
    """E.g. `python3.12`; empty for a container image."""
    runtime_error: str
    """Why Lambda can't provide the runtime (RuntimeVersionConfig); empty where it can."""
    reserved: int | None
    """How many invocations are reserved for it: with 0 nobody can call it. None where nothing is reserved."""


Functions = Mapping[str, Fact[Function]]
"""By function name or ARN, as the stack names it."""
