"""Functions as Lambda sees them."""

from typing import Any

from upgrade.facts.functions import Function


def read_function(client: Any, function: str) -> Function:
    """GetFunctionConfiguration and GetFunctionConcurrency.

    Args:
        client: boto3's.
        function: name or ARN; a version or alias at the end of an ARN is one of the function's.
    """
    found = client.get_function_configuration(FunctionName=function)
    reserved = client.get_function_concurrency(FunctionName=_unqualified(function))
    error = found.get("RuntimeVersionConfig", {}).get("Error", {})
    return Function(
        arn=found["FunctionArn"],
        state=found["State"],
        reason=found.get("StateReason", ""),
        runtime=found.get("Runtime") or "",
        runtime_error=error.get("Message") or error.get("ErrorCode") or "",
        reserved=reserved.get("ReservedConcurrentExecutions"),
    )


def _unqualified(function: str) -> str:
    """`arn:aws:lambda:REGION:ACCOUNT:function:NAME`, without a version or alias: concurrency is the function's."""
    return ":".join(function.split(":")[:7])
