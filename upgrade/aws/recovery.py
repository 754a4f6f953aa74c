"""CloudFormation's ways back: for a stack whose rollback has failed, and for an update that is to be given up.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
"""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.errors import call_of, detail_of, did_nothing, reason_of
from upgrade.errors import NotExecuted


def cancel_update(client: Any, stack_arn: str, token: str) -> None:
    """CancelUpdateStack, once: CloudFormation then takes the update back.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html

    Raises:
        NotExecuted: it was refused, and no earlier attempt can have been accepted.
    """
    try:
        client.cancel_update_stack(StackName=stack_arn, ClientRequestToken=token)
    except ClientError as error:
        _require_possible(error, "CancelUpdateStack")
        raise


def continue_rollback(client: Any, stack_arn: str, token: str, skips: Sequence[str]) -> None:
    """ContinueUpdateRollback, once: all attempts carry the same token. The role is always the stack's own.

    Args:
        client: CloudFormation.
        stack_arn: of the root stack.
        token: ours.
        skips: resources to leave as they are, as `LogicalId` or `NestedStackName.LogicalId`.

    Raises:
        NotExecuted: it was refused, and no earlier attempt can have been accepted.
    """
    more = {"ResourcesToSkip": list(skips)} if skips else {}
    try:
        client.continue_update_rollback(StackName=stack_arn, ClientRequestToken=token, **more)
    except ClientError as error:
        _require_possible(error, "ContinueUpdateRollback")
        raise


def _require_possible(error: ClientError, operation: str) -> None:
    """Raise NotExecuted if this error proves that nothing was begun."""
    if did_nothing(error, operation):
        call = call_of(error, f"cloudformation:{operation}")
        raise NotExecuted(f"{call}: {reason_of(error)}: {detail_of(error)}") from error
