"""What the update would change, predicted: old against new, each with its own parameters."""

from upgrade.facts.changes import Plan
from upgrade.facts.family import family
from upgrade.facts.known import Fact, Known
from upgrade.facts.services import Databases
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Stack, Template
from upgrade.rules.inputs import Stored, behind
from upgrade.rules.parameters import PlannedParameters, needs_actual, plan_parameters
from upgrade.rules.prediction import predict
from upgrade.rules.processed import comparable


class Prediction:
    """One fact family a method."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family()
    def planned(
        self, stack: Fact[Stack], target: Fact[Template], databases: Fact[Databases]
    ) -> Fact[PlannedParameters]:
        """The parameters of the update."""
        live = databases.value if needs_actual(self.source.entry) else {}
        return Known(plan_parameters(self.source.entry, stack.value, target.value, live), self.source.clock.now())

    @family()
    def prediction(
        self,
        *,
        stack: Fact[Stack],
        template: Fact[Template],
        processed: Fact[Template],
        target: Fact[Template],
        resources: Resources,
        planned: Fact[PlannedParameters],
        stored: Fact[Stored],
    ) -> Fact[Plan]:
        """The change set that CloudFormation would make."""
        found = predict(
            self.source.entry,
            self.source.product,
            stack=stack.value,
            resources=resources.value,
            deployed=comparable(template.value, processed, target.value),
            target=target.value,
            planned=planned.value,
            # What stands in SSM and can't be read may have changed: the prediction then says so where it matters.
            behind=behind(target.value, planned.value.values, stored.value) if isinstance(stored, Known) else {},
            now=stack.at,
        )
        return Known(found, stack.at)
