"""Reads the functions that answer custom resources."""

from functools import partial

from upgrade.aws.lambda_ import read_function
from upgrade.facts.family import family
from upgrade.facts.functions import Function, Functions
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Stack, Template
from upgrade.rules.custom import answering, is_topic
from upgrade.rules.parameters import plan_parameters


class FunctionReads:
    """The reads of one stack entry."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family()
    def functions(
        self, stack: Fact[Stack], resources: Resources, template: Fact[Template], target: Fact[Template]
    ) -> Fact[Functions]:
        """Every function that answers a custom resource of the deployed template or of the target, each by itself."""
        live, planned = stack.value, plan_parameters(self.source.entry, stack.value, target.value, {}).values
        tokens = {
            token
            for each, values in ((template.value, live.parameters), (target.value, planned))
            for token in answering(each, values, live.arn, resources.value).values()
            if isinstance(token, str) and not is_topic(token)
        }
        names = sorted(tokens)
        found = gather([partial(self._function, name) for name in names])
        return Known(dict(zip(names, found, strict=True)), self.source.clock.now())

    def _function(self, name: str) -> Fact[Function]:
        client = self.source.client("lambda")
        return self.source.read("lambda:GetFunctionConfiguration", lambda: read_function(client, name))
