"""One side of an update: a template with all that it is resolved with, read resource by resource."""

from collections.abc import Mapping
from typing import Any

from upgrade.facts.stack import Template
from upgrade.template.differences import ABSENT
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import MASKED, NO_VALUE, Resolver

REFERRING = ("Properties", "Metadata", "UpdatePolicy", "CreationPolicy")
"""Where a resource may refer to others."""


class Side:
    """A template with the values of one update."""

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, str],
        *,
        pseudo: Mapping[str, Any],
        behind: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        kept: frozenset[str] = frozenset(),
    ) -> None:
        """Prepare; nothing is resolved yet.

        Args:
            template: parsed, short tags in long form.
            parameters: values by name; `****` for one that is secret.
            pseudo: values of `AWS::Region` and the like.
            behind: by name of a parameter of an SSM type, what stands in SSM.
            tags: the stack's own.
            kept: names of parameters that certainly have the value they had on the other side.
        """
        self.template = template
        self.resolver = Resolver(template, parameters, pseudo, behind)
        self.parameters = parameters
        self.kept = kept
        self.tags = tags or {}
        self.secrets = frozenset(name for name, value in parameters.items() if value == MASKED)
        body: Any = template.body
        self.resources: Mapping[str, Any] = {
            name: each
            for name, each in body.get("Resources", {}).items()
            if isinstance(each, Mapping) and "Type" in each
        }
        self._outputs: Mapping[str, Any] = {
            name: each for name, each in body.get("Outputs", {}).items() if isinstance(each, Mapping)
        }

    def type_of(self, logical_id: str) -> str:
        """The type of a resource."""
        return str(self.resources[logical_id]["Type"])

    def value(self, logical_id: str, attribute: str) -> Any:
        """Properties, or another attribute of a resource, resolved; ABSENT if it has none."""
        if logical_id not in self.resources:
            return Unresolved("this template does not declare it")
        resource = self.resources[logical_id]
        if attribute not in resource:
            return {} if attribute == "Properties" else ABSENT
        found = self.resolver.value(resource[attribute])
        return ABSENT if found is NO_VALUE else found

    def expression(self, logical_id: str, attribute: str) -> Any:
        """The same as it is written, in the branches that conditions choose."""
        found = self.resolver.reduced(self.resources.get(logical_id, {}).get(attribute, {}))
        return {} if found is NO_VALUE else found

    def everything(self, logical_id: str) -> Any:
        """All expressions of a resource that may refer to others."""
        return [self.expression(logical_id, attribute) for attribute in REFERRING]

    def outputs(self) -> dict[str, Any]:
        """The outputs that exist, resolved, by name; one of which that is not known is not known as a whole."""
        found: dict[str, Any] = {}
        for name, output in self._outputs.items():
            exists = self.resolver.condition(str(output["Condition"])) if "Condition" in output else True
            if exists:
                found[name] = exists if isinstance(exists, Unresolved) else self.resolver.value(_told(output))
        return found

    def written_outputs(self) -> Any:
        """The outputs as they are written."""
        return self.resolver.reduced({name: _told(output) for name, output in self._outputs.items()})


def _told(output: Mapping[str, Any]) -> dict[str, Any]:
    return {key: node for key, node in output.items() if key != "Condition"}
