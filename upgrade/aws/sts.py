"""Who asks."""

from typing import Any

from upgrade.facts.stack import Identity


def read_identity(client: Any) -> Identity:
    """GetCallerIdentity, and the region of the client."""
    answer = client.get_caller_identity()
    return Identity(answer["Account"], answer["Arn"], client.meta.region_name)
