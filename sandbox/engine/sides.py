"""The two sides of an update: a template with all that it is evaluated with, against what is live."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.engine.details import MISSING, Version, shown
from sandbox.engine.parameters import no_echo
from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import ATTRIBUTES, UNKNOWN, Evaluator
from sandbox.template.functions import MASK
from sandbox.template.references import references

Fate = Literal["Modified", "Conditional", "Replaced"]
"""What an earlier change does to a resource: in place, perhaps a new one, a new one."""


@dataclass(frozen=True, slots=True)
class Live:
    """A resource of the stack as it is."""

    logical_id: str
    type: str
    physical_id: str
    properties: Mapping[str, Any]
    """As last set, resolved."""
    attributes: Mapping[str, Any]
    """What Fn::GetAtt gives, by name: `Arn`, `Endpoint.Address`, `Outputs.X`."""


@dataclass(frozen=True, slots=True)
class Side:
    """A template with all that it is evaluated with."""

    body: Mapping[str, Any]
    parameters: Mapping[str, Any]
    """Resolved, as Ref gives them."""
    tags: Mapping[str, str]
    """The stack's."""
    pseudo: Mapping[str, Any]


@dataclass
class Planned:
    """The world as it will be: live, except for what earlier changes alter. A Lookup."""

    live: Mapping[str, Live]
    exports: Mapping[str, str]
    fates: dict[str, Fate] = field(default_factory=dict)

    def ref(self, logical_id: str) -> Any:
        return UNKNOWN if self.doubt(logical_id, None) else self.live[logical_id].physical_id

    def attribute(self, logical_id: str, name: str) -> Any:
        if self.doubt(logical_id, name):
            return UNKNOWN
        attributes = self.live[logical_id].attributes
        if name not in attributes:
            raise TemplateError(
                f"Template error: resource {logical_id} does not support attribute type {name} in Fn::GetAtt"
            )
        return attributes[name]

    def export(self, name: str) -> str:
        """An export that does not exist yet is no error in a change set."""
        return self.exports.get(name, UNKNOWN)

    def dynamic(self, reference: str) -> str:
        return f"{{{{resolve:{reference}}}}}"

    def doubt(self, logical_id: str, attribute: str | None) -> Literal["Static", "Dynamic"] | None:
        """Whether the value of Ref (attribute None) or Fn::GetAtt will (Static) or may (Dynamic) be another one."""
        fate = self.fates.get(logical_id, "Modified") if logical_id in self.live else "Replaced"
        if fate == "Replaced":
            return "Static"
        if fate == "Conditional" or (attribute is not None and logical_id in self.fates):
            return "Dynamic"
        return None


class EvaluatedSide:
    """One side and its values."""

    def __init__(self, side: Side, planned: Planned) -> None:
        self.side = side
        self.evaluator = Evaluator(side.body, side.parameters, side.pseudo, planned)
        self.active = frozenset(self.evaluator.active())
        self._secrets = no_echo(side.body)
        self._masked = self.evaluator.masked(self._secrets)

    def properties(self, logical_id: str, live: Mapping[str, Any] | None = None) -> Version:
        """The Properties of a resource; `live` in place of evaluating them."""
        if logical_id not in self.active:
            return Version(live, MASK if self._secrets else live, MISSING)
        return self._version(self.side.body["Resources"][logical_id].get("Properties", {}), live)

    def attribute(self, logical_id: str, name: str) -> Version:
        """Another attribute of a resource, such as DeletionPolicy."""
        resource = self.side.body["Resources"][logical_id] if logical_id in self.active else {}
        return self._version(resource[name]) if name in resource else Version(MISSING, MISSING, MISSING)

    def context(self, logical_id: str, properties: Version) -> str:
        """BeforeContext or AfterContext."""
        others = {name: self.attribute(logical_id, name).shown for name in ATTRIBUTES}
        present = {name: value for name, value in others.items() if value is not MISSING}
        return shown({"Properties": properties.shown} | present)

    def _version(self, node: Any, live: Mapping[str, Any] | None = None) -> Version:
        expression = self.evaluator.reduced(node)
        value = self.evaluator.value(node) if live is None else live
        is_secret = any(reference.name in self._secrets for reference in references(expression))
        return Version(value, self._masked.value(node) if is_secret else value, expression)
