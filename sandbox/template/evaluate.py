"""A template's parts, evaluated: which resources and outputs there are, their properties and attributes."""

from collections.abc import Container, Mapping
from typing import Any

from sandbox.template.errors import TemplateError
from sandbox.template.functions import MASK, UNKNOWN, text
from sandbox.template.references import references
from sandbox.template.resolve import NO_VALUE, Lookup, Resolver
from sandbox.template.rules import failed_assertions

__all__ = ["ATTRIBUTES", "UNKNOWN", "Evaluator", "Lookup", "TemplateError"]

ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy", "Metadata")


class Evaluator(Resolver):
    """Evaluates one template with one set of parameter values."""

    def masked(self, names: Container[str]) -> "Evaluator":
        """The same evaluation with these parameters shown as ****, taking the same branches."""
        shown = {name: MASK if name in names else value for name, value in self.parameters.items()}
        other = Evaluator(self.body, shown, self.pseudo, self._lookup)
        other._conditions = self._conditions
        return other

    def active(self) -> tuple[str, ...]:
        """Logical ids of the resources whose condition holds, in template order."""
        return tuple(filter(self.is_active, self.body["Resources"]))

    def properties(self, logical_id: str) -> dict[str, Any]:
        """The resource's properties, resolved."""
        return self._mapping(self.body["Resources"][logical_id].get("Properties") or {})

    def attributes(self, logical_id: str) -> dict[str, Any]:
        """Those of DeletionPolicy, UpdateReplacePolicy, UpdatePolicy, CreationPolicy and Metadata that are set, resolved."""
        resource = self.body["Resources"][logical_id]
        return self._mapping({name: resource[name] for name in ATTRIBUTES if name in resource})

    def outputs(self) -> dict[str, dict[str, Any]]:
        """The outputs whose condition holds: {name: {Value, Description?, Export?: {Name}}}, values as text."""
        section = self.body.get("Outputs") or {}
        return {
            name: self._output(node)
            for name, node in section.items()
            if "Condition" not in node or self.condition(node["Condition"])
        }

    def check_rules(self) -> list[str]:
        """The assertions of the Rules section that do not hold, by their descriptions; empty: all hold."""
        return failed_assertions(self.body, self.parameters, self.value)

    def needed(self, node: Any, block: str) -> list[str]:
        """The resources a node refers to in the branches that conditions keep.

        Raises TemplateError, naming the template's block, for one that has a condition which does not hold.
        """
        names = [found.name for found in references(self.reduced(node)) if found.name in self.body["Resources"]]
        inactive = [name for name in names if not self.is_active(name)]
        if inactive:
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{', '.join(dict.fromkeys(inactive))}] in the "
                f"{block} block of the template"
            )
        return names

    def _output(self, node: Mapping[str, Any]) -> dict[str, Any]:
        self.needed(node, "Outputs")
        found = self._mapping({key: node[key] for key in ("Value", "Description", "Export") if key in node})
        if isinstance(found.get("Value", []), dict | list):
            raise TemplateError(
                "Template format error: The Value field of every Outputs member must evaluate to a String."
            )
        return {**found, "Value": text(found["Value"])}

    def _mapping(self, node: Mapping[str, Any]) -> dict[str, Any]:
        resolved = self._resolved(node)
        if resolved is NO_VALUE:
            return {}
        if not isinstance(resolved, dict):
            raise TemplateError("Template format error: the Properties of a resource must be an object")
        return resolved
