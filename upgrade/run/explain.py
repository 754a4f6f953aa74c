"""Why an update failed: its events explained, with what has to be read for that."""

from collections.abc import Sequence
from typing import Any

from upgrade.aws import change_sets, cloudformation
from upgrade.aws.errors import fact
from upgrade.clock import Clock
from upgrade.facts.diagnosis import Annotation, Diagnosis
from upgrade.facts.known import Fact
from upgrade.facts.stack import Event
from upgrade.rules.diagnosis import diagnose


def explain(client: Any, clock: Clock, events: Sequence[Event]) -> Diagnosis:
    """The diagnosis of an update by its events; what can't be read for it is told in it."""

    def nested(arn: str) -> Fact[tuple[Event, ...]]:
        return fact(clock, "cloudformation:DescribeStackEvents", lambda: cloudformation.read_events(client, arn))

    def annotations(hook: str) -> Fact[tuple[Annotation, ...]]:
        return fact(clock, "cloudformation:GetHookResult", lambda: change_sets.read_annotations(client, hook))

    def stops(operation: str) -> Fact[tuple[Event, ...]]:
        return fact(clock, "cloudformation:DescribeEvents", lambda: cloudformation.read_stops(client, operation))

    return diagnose(events, nested, annotations, stops)
