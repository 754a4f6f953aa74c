"""The value of any node of a template: every intrinsic function that reads parameters, resources or conditions.

Pure: what lives outside the template (physical ids, attributes, exports) comes through a Lookup. Where that answers
UNKNOWN, everything built from it is UNKNOWN, which is how a change set is made from the same evaluation as an update.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sandbox.template import functions
from sandbox.template.conditions import Conditions
from sandbox.template.errors import TemplateError
from sandbox.template.functions import opaque, text
from sandbox.template.references import VARIABLE, parse_get_att, variable

NO_VALUE = object()
"""Ref AWS::NoValue: the property, or the item of the list, is left out."""

SUPPORTED = (
    "Fn::Base64, Fn::GetAtt, Fn::GetAZs, Fn::ImportValue, Fn::Join, Fn::Split, Fn::FindInMap, Fn::Select, Ref, "
    "Fn::Equals, Fn::If, Fn::Not, Condition, Fn::And, Fn::Or, Fn::Contains, Fn::EachMemberEquals, Fn::EachMemberIn, "
    "Fn::ValueOf, Fn::ValueOfAll, Fn::RefAll, Fn::Sub, Fn::Cidr"
)


class Lookup(Protocol):
    """The world outside the template. Any answer may be UNKNOWN."""

    def ref(self, logical_id: str) -> Any:
        """What Ref gives for a resource: its physical id."""
        ...

    def attribute(self, logical_id: str, name: str) -> Any:
        """What Fn::GetAtt gives; nested stacks: `Outputs.X`. Raises TemplateError for an attribute there is not."""
        ...

    def export(self, name: str) -> str:
        """The value of an export. Raises TemplateError when nothing exports it."""
        ...

    def dynamic(self, reference: str) -> str:
        """What `{{resolve:REFERENCE}}` stands for. Never asked here: see `sandbox.template.dynamic`."""
        ...


class Resolver:
    """Resolves the nodes of one template with one set of parameter values."""

    def __init__(
        self, body: Mapping[str, Any], parameters: Mapping[str, Any], pseudo: Mapping[str, Any], lookup: Lookup
    ) -> None:
        """Take what the template is evaluated with.

        Args:
            body: the template as `load` gives it.
            parameters: values as Ref gives them: text, or lists of text.
            pseudo: the pseudo parameters, by full name (`AWS::Region`).
            lookup: the world outside.
        """
        self.body = body
        self.parameters = parameters
        self.pseudo = pseudo
        self._lookup = lookup
        self._conditions = Conditions(body.get("Conditions") or {}, self._resolved)
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": lambda node: self._resolved(self._branch(node)),
            "Fn::FindInMap": self._find_in_map,
            "Fn::ImportValue": self._import_value,
            "Fn::Join": lambda node: functions.join(self._resolved(node)),
            "Fn::Split": lambda node: functions.split(self._resolved(node)),
            "Fn::Select": lambda node: functions.select(self._resolved(node)),
            "Fn::Base64": lambda node: functions.base64_of(self._resolved(node)),
            "Fn::Cidr": lambda node: functions.cidr(self._resolved(node)),
            "Fn::ToJsonString": lambda node: functions.to_json(self._resolved(node)),
            "Fn::GetAZs": lambda node: functions.get_azs(self._resolved(node), self.pseudo.get("AWS::Region", "")),
        }

    def condition(self, name: Any) -> bool:
        """Whether a condition of the template holds."""
        return self._conditions.holds(name)

    def is_active(self, logical_id: str) -> bool:
        """Whether the template has this resource and its condition holds."""
        resource = self.body["Resources"].get(logical_id)
        return resource is not None and ("Condition" not in resource or self.condition(resource["Condition"]))

    def value(self, node: Any) -> Any:
        """Any template node, resolved; None where it is AWS::NoValue."""
        found = self._resolved(node)
        return None if found is NO_VALUE else found

    def reduced(self, node: Any) -> Any:
        """The node with every Fn::If taken and AWS::NoValue left out, all other functions kept; None if nothing is left."""
        found = self._reduced(node)
        return None if found is NO_VALUE else found

    def _reduced(self, node: Any) -> Any:
        match node:
            case {"Ref": "AWS::NoValue"} if len(node) == 1:
                return NO_VALUE
            case {"Fn::If": argument} if len(node) == 1:
                return self._reduced(self._branch(argument))
            case dict():
                return {key: kept for key, child in node.items() if (kept := self._reduced(child)) is not NO_VALUE}
            case list():
                return [kept for child in node if (kept := self._reduced(child)) is not NO_VALUE]
        return node

    def _resolved(self, node: Any) -> Any:
        if isinstance(node, list):
            return [found for child in node if (found := self._resolved(child)) is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        name = next(iter(node), "")
        if len(node) == 1 and name in self._functions:
            return self._functions[name](node[name])
        for key in node:
            if key.startswith("Fn::"):
                raise unsupported(key)
        return {key: found for key, child in node.items() if (found := self._resolved(child)) is not NO_VALUE}

    def _ref(self, name: Any) -> Any:
        if not isinstance(name, str):
            raise TemplateError("Template error: every Ref object must have a single String value.")
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.parameters:
            return self.parameters[name]
        if name in self.pseudo:
            return self.pseudo[name]
        self._require(name)
        return self._lookup.ref(name)

    def _get_att(self, argument: Any) -> Any:
        parsed = parse_get_att(argument)
        attribute = self._resolved(parsed[1]) if parsed else None
        if not parsed or not isinstance(attribute, str):
            raise TemplateError(
                "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
                "resource attribute"
            )
        self._require(parsed[0])
        return self._lookup.attribute(parsed[0], attribute)

    def _require(self, name: str) -> None:
        if not self.is_active(name):
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template"
            )

    def _sub(self, argument: Any) -> str:
        match argument:
            case str(template):
                values: dict[str, Any] = {}
            case [str(template), dict(values)]:
                pass
            case _:
                raise TemplateError(
                    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a "
                    "string as first argument, and an optional second argument to specify a mapping of values to replace "
                    "in the string"
                )
        given = {key: self._resolved(value) for key, value in values.items()}
        parts = {found: self._variable(found.strip(), given) for found in VARIABLE.findall(template)}
        replaced = VARIABLE.sub(lambda match: parts[match[1]], template)
        return opaque(list(parts.values())) or replaced.replace("${!", "${")

    def _variable(self, name: str, given: Mapping[str, Any]) -> str:
        reference = variable(name)
        if name in given:
            found = given[name]
        elif reference.attribute is None:
            found = self._ref(name)
        else:
            found = self._get_att([reference.name, reference.attribute])
        if isinstance(found, list | dict) or found is NO_VALUE:
            raise TemplateError(f"Template error: variable {name} in Fn::Sub expression does not resolve to a string")
        return text(found)

    def _branch(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 3:  # noqa: PLR2004  # condition, then, else
            raise TemplateError("Template error: Fn::If requires a list argument with three elements")
        return argument[1] if self.condition(argument[0]) else argument[2]

    def _find_in_map(self, argument: Any) -> Any:
        mappings = self.body.get("Mappings") or {}
        match argument:
            case [name, first, second, {"DefaultValue": default}]:
                found = functions.find_in_map(self._resolved([name, first, second]), mappings, functions.NO_DEFAULT)
                return self._resolved(default) if found is functions.NO_DEFAULT else found
        return functions.find_in_map(self._resolved(argument), mappings)

    def _import_value(self, argument: Any) -> str:
        name = self._resolved(argument)
        if not isinstance(name, str):
            raise TemplateError(
                "Template error: the attribute in Fn::ImportValue must be a string or a function that returns a string"
            )
        return opaque(name) or self._lookup.export(name)


def unsupported(name: str) -> TemplateError:
    """The refusal of a function CloudFormation does not have (without a transform)."""
    return TemplateError(
        f"Template error: Encountered unsupported function: {name} Supported functions are: [{SUPPORTED}]"
    )
