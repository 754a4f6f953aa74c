"""Cancels an update whose time is over, where that was allowed and asked for: never one that has begun to change data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from upgrade.aws.errors import fact
from upgrade.aws.recovery import cancel_update
from upgrade.clock import Clock
from upgrade.config.product import Product
from upgrade.errors import NotExecuted
from upgrade.facts.journal import Act
from upgrade.facts.known import Known
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Event
from upgrade.rules.stateful import is_stateful
from upgrade.run.journal import CANCEL, Journal, NotKept
from upgrade.run.lookout import Lookout
from upgrade.run.watch import STACK, is_root

CANCELLABLE = "UPDATE_IN_PROGRESS"
"""Afterwards an update is tidied up or taken back, and can't be cancelled.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-update-cancel.html"""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancels one update."""

    client: Any
    """CloudFormation, with the credentials that may execute."""
    clock: Clock
    token: str
    """Of the cancellation: another than that of the update."""
    journal: Journal
    holds_data: Callable[[Event], bool]
    """Whether an event is of a resource that holds something that can't be made again."""

    def ask(self, stack_arn: str, lookout: Lookout) -> str:
        """Cancel the update; why it was not, a clause; empty if it was, or may have been."""
        if why := self._forbidden(lookout):
            return why
        told = {"stack": stack_arn, "token": self.token}
        try:
            with self.journal.around(CANCEL, **told) as attempt:
                sent = fact(self.clock, CANCEL, lambda: cancel_update(self.client, stack_arn, self.token))
                if isinstance(sent, Known):
                    attempt.act = Act.ACCEPTED
        except (NotExecuted, NotKept) as error:
            return str(error)
        return ""

    def _forbidden(self, lookout: Lookout) -> str:
        """Why it must not be cancelled, by all events as they are now."""
        if not lookout.look_back_once():
            return "not all of its events can be read"
        own = [event.status for event in lookout.tree.root.events() if is_root(event)]
        if not own or own[-1] != CANCELLABLE:
            return f"only {CANCELLABLE} can be cancelled, the stack is {own[-1] if own else 'not seen to be updated'}"
        inside = (event for event in lookout.tree.events() if event.type != STACK)  # what is nested tells of itself
        begun = dict.fromkeys(event.logical_id for event in inside if self.holds_data(event))
        return f"what holds data has begun to change: {', '.join(begun)}" if begun else ""


def holding_data(before: Snapshot, product: Product) -> Callable[[Event], bool]:
    """Which events are of resources that hold data, by the deployed templates or by the target's.

    Raises:
        CannotTell: one of them is not known.
    """
    templates = [before.template.value, before.target.value]
    if isinstance(before.nested_templates, Known):
        templates += before.nested_templates.value.values()
    if isinstance(before.nested_targets, Known):
        templates += (each.value for each in before.nested_targets.value.values() if isinstance(each, Known))
    return lambda event: any(is_stateful(event.logical_id, event.type, each, product) for each in templates)
