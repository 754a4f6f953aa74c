"""Topics, as far as an upgrade needs them."""

from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.errors import code_of


def read_exists(client: Any, arn: str) -> bool:
    """GetTopicAttributes: whether there is a topic of this ARN."""
    try:
        client.get_topic_attributes(TopicArn=arn)
    except ClientError as error:
        if code_of(error) not in {"NotFound", "NotFoundException"}:
            raise
        return False
    return True
