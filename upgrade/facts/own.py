"""Facts that a user's own checks ask for: read through the guarded clients of the gate, each kept for the record."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from upgrade.aws.errors import fact
from upgrade.clock import Clock
from upgrade.errors import CannotTell
from upgrade.facts.known import Fact, Reason, Unknown

Read = Callable[[str, str, str, Callable[[Any], object]], Fact[Any]]
"""What the fixture `read` is: `OwnFacts.read`."""


class OwnFacts:
    """All that were read in this run."""

    def __init__(self, client: Callable[[str], Any], clock: Clock) -> None:
        """None yet.

        Args:
            client: a reading client of a service, in the stack's account and region.
            clock: for the time of reading.
        """
        self._client, self._clock = client, clock
        self._facts: dict[str, Fact[Any]] = {}

    @property
    def facts(self) -> Mapping[str, Fact[Any]]:
        """By name."""
        return dict(self._facts)

    def read(self, name: str, service: str, action: str, fetch: Callable[[Any], object]) -> Fact[Any]:
        """Read a fact of one's own, once.

        Args:
            name: under which the record keeps it.
            service: botocore's name of the service, e.g. `sns`.
            action: the IAM action it needs, told where it is denied, e.g. `sns:ListTopics`.
            fetch: calls AWS with a client of that service, and returns what JSON can hold.

        Raises:
            CannotTell: a fact of this name was read already.
        """
        if name in self._facts:
            raise CannotTell(f'the fact {name!r} was read already: give its fixture scope="session", or another name')
        found = _kept(fact(self._clock, action, lambda: fetch(self._client(service))), action)
        self._facts[name] = found
        return found


def _kept(found: Fact[Any], action: str) -> Fact[Any]:
    """The fact as the record will have it."""
    if isinstance(found, Unknown):
        return found
    try:
        return replace(found, value=json.loads(json.dumps(found.value)))
    except (TypeError, ValueError) as error:
        return Unknown(Reason.MALFORMED, f"a fact of one's own must fit into JSON: {error}", action, found.at)
