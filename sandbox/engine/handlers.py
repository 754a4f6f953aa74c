"""Calling the handlers of a resource type, with the faults a caller has set, and wording their failures.

Dynamic references are resolved here and nowhere else: the stack keeps their text, the handler gets their value.
"""

import logging
import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from sandbox.engine.lookup import dynamic
from sandbox.engine.state import Resource, Stack
from sandbox.engine.world import Region
from sandbox.providers.base import Gone, Handled, HandlerError, Properties, Provider, Request
from sandbox.template.dynamic import resolve_dynamic
from sandbox.template.errors import TemplateError

T = TypeVar("T")

_log = logging.getLogger(__name__)

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SUFFIX = 12


class Failed(Exception):  # noqa: N818  # an outcome of a resource, told as its ResourceStatusReason
    """A handler failed; `reason` as CloudFormation words it."""

    def __init__(self, reason: str, physical_id: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.physical_id = physical_id
        """Of what was left behind: a nested stack that failed to be created."""


def suffix() -> str:
    """The random part of a generated name."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_SUFFIX))


class Handlers:
    """The handlers of the resources of one stack. Every method raises Failed."""

    def __init__(self, region: Region, stack: Stack) -> None:
        self.region = region
        self.stack = stack

    def create(self, wanted: Resource, fault: str = "create") -> Handled:
        """Make a resource, for the first time or to replace one."""
        self.check(wanted, fault)
        return self._worded(lambda provider, request: provider.create(request), wanted)

    def update(self, before: Resource, wanted: Resource, *, rollback: bool = False) -> Handled:
        """Change a resource in place, or take a change back."""
        fault = self.check(before, "rollback" if rollback else "update")
        if fault and fault.get("replace"):
            self.delete(before, faults=False)
            return self._worded(lambda provider, request: provider.create(request), wanted)
        return self._worded(lambda provider, request: provider.update(request), wanted, before, rollback=rollback)

    def delete(self, resource: Resource, *, faults: bool = True, fault: str = "delete") -> None:
        """Delete what a resource stands for; what is gone is no failure."""
        if faults:
            self.check(resource, fault)
        try:
            self._worded(lambda provider, request: provider.delete(request), resource, resource)
        except Gone:
            return

    def read(self, resource: Resource) -> Properties:
        """The live properties. Raises Gone too."""
        return self._worded(lambda provider, request: provider.read(request), resource, resource)

    def check(self, resource: Resource, action: str) -> dict[str, Any] | None:
        """Fail if a fault says so; the fault that says something else."""
        fault = self.region.knobs.resource_fault(resource.logical_id, action)
        if fault and not fault.get("replace"):
            raise Failed(str(fault.get("reason", "Resource handler returned message: null")))
        return fault

    def _worded(
        self,
        call: Callable[[Provider, Request], T],
        wanted: Resource,
        before: Resource | None = None,
        *,
        rollback: bool = False,
    ) -> T:
        try:
            provider = self.region.world.provider(wanted.type)
            return call(provider, self._request(wanted, before, rollback=rollback))
        except Gone:
            raise
        except HandlerError as error:
            raise Failed(worded(error.message, error.code)) from error
        except TemplateError as error:
            raise Failed(error.message) from error
        except Exception as error:
            _log.exception("handler of %s (%s) failed", wanted.logical_id, wanted.type)
            raise Failed(worded(f"{type(error).__name__}: {error}", "InternalFailure")) from error

    def _request(self, wanted: Resource, before: Resource | None, *, rollback: bool) -> Request:
        stack = self.stack

        def resolved(properties: Properties) -> Properties:
            found: Properties = resolve_dynamic(dict(properties), lambda reference: dynamic(self.region, reference))
            return found

        return Request(
            account=stack.account,
            region=stack.region,
            stack_name=stack.name,
            stack_id=stack.id,
            logical_id=wanted.logical_id,
            type=wanted.type,
            properties=resolved(wanted.properties),
            client=self.region.world.client(stack.region),
            physical_id=before.physical_id if before else "",
            previous=resolved(before.properties) if before else {},
            tags={**wanted.tags, **system_tags(stack, wanted.logical_id)},
            previous_tags={**before.tags, **system_tags(stack, wanted.logical_id)} if before else {},
            suffix=suffix(),
            update_policy=wanted.declared.get("UpdatePolicy", {}),
            rollback=rollback,
        )


def system_tags(stack: Stack, logical_id: str) -> dict[str, str]:
    """The tags CloudFormation puts on every resource it can."""
    return {
        "aws:cloudformation:stack-name": stack.name,
        "aws:cloudformation:logical-id": logical_id,
        "aws:cloudformation:stack-id": stack.id,
    }


def worded(message: str, code: str) -> str:
    """A handler's failure as ResourceStatusReason tells it."""
    return f'Resource handler returned message: "{message}" (RequestToken: {uuid4()}, HandlerErrorCode: {code})'
