"""A resource driven as the engine drives it, for tests."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from sandbox.account import ACCOUNT, REGION
from sandbox.clients import client
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.registry import provider

_numbers = count(1)

STACK_TAGS = {
    "team": "research",
    "aws:cloudformation:stack-name": "shop",
    "aws:cloudformation:logical-id": "Thing",
    "aws:cloudformation:stack-id": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop/1",
}


class Resource:
    """One resource of a stack called `shop`, as last set."""

    def __init__(self, type_: str, properties: Mapping[str, Any], logical_id: str = "Thing") -> None:
        self.provider = provider(type_)
        self.request = Request(
            account=ACCOUNT,
            region=REGION,
            stack_name="shop",
            stack_id=STACK_TAGS["aws:cloudformation:stack-id"],
            logical_id=logical_id,
            type=type_,
            properties=properties,
            client=lambda service: client(service, REGION),
            tags=STACK_TAGS,
            previous_tags=STACK_TAGS,
            suffix=f"{next(_numbers):012X}",
        )
        self._take(self.provider.create(self.request))

    @property
    def id(self) -> str:
        return self.request.physical_id

    def _take(self, handled: Handled) -> None:
        self.request = replace(self.request, physical_id=handled.physical_id)
        self.attributes = handled.attributes

    def update(self, *, rollback: bool = False, policy: Mapping[str, Any] | None = None, **values: Any) -> None:
        """Set some properties (None takes one away) and update in place."""
        wanted = {name: value for name, value in {**self.request.properties, **values}.items() if value is not None}
        request = replace(
            self.request,
            properties=wanted,
            previous=self.request.properties,
            rollback=rollback,
            update_policy=policy or {},
        )
        self._take(self.provider.update(request))
        self.request = replace(self.request, properties=wanted)

    @staticmethod
    def fresh(request: Request) -> Request:
        """The request with the suffix of another operation."""
        return replace(request, suffix=f"{next(_numbers):012X}")

    def read(self) -> Properties:
        return self.provider.read(self.request)

    def drift(self) -> dict[str, Any]:
        """Properties that differ from what was set, with their live value."""
        wanted, live = self.request.properties, self.read()
        return {name: live.get(name) for name in wanted if live.get(name) != wanted[name]}

    def delete(self) -> None:
        self.provider.delete(self.request)


def aws(service: str) -> Any:
    """An ordinary client: somebody else at the same services."""
    return client(service, REGION)
