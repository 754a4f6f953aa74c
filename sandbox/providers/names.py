"""Generated names and ids: `stack-LogicalId-1A2B3C4D5E6F`, `rtb-0123456789abcdef0`.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
"""

import hashlib

from sandbox.providers.base import Request

SUFFIX = 12


def generated(request: Request, limit: int = 255, *, lower: bool = False) -> str:
    """The name CloudFormation gives what has none in the template, cut to the service's limit."""
    suffix = request.suffix or digits(request, SUFFIX).upper()
    room = limit - len(suffix) - 2
    stack, logical_id = request.stack_name, request.logical_id
    if len(stack) + len(logical_id) > room:
        stack = stack[: max(room - len(logical_id), room // 2)]
        logical_id = logical_id[: room - len(stack)]
    name = f"{stack}-{logical_id}-{suffix}"
    return name.lower() if lower else name


def given(request: Request, name: str, limit: int = 255, *, lower: bool = False) -> str:
    """The name in that property, else a generated one."""
    value = request.properties.get(name)
    return str(value) if value else generated(request, limit, lower=lower)


def digits(request: Request, length: int = 17) -> str:
    """Hexadecimal digits of an id, the same for the same resource and suffix."""
    seed = f"{request.stack_id}/{request.logical_id}/{request.suffix}"
    return hashlib.sha256(seed.encode()).hexdigest()[:length]


def arn(request: Request, service: str, resource: str) -> str:
    """An ARN in the request's account and region."""
    return f"arn:aws:{service}:{request.region}:{request.account}:{resource}"
