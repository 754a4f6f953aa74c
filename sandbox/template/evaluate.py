"""A template's values: conditions, properties and outputs with every intrinsic function resolved.

Pure: what lives outside the template (physical ids, attributes, exports) comes through a Lookup. Where that answers
UNKNOWN, everything built from it is UNKNOWN, which is how a change set is made from the same evaluation as an update.
"""

from collections.abc import Callable, Container, Mapping
from typing import Any, Protocol

from sandbox.template import functions
from sandbox.template.errors import TemplateError
from sandbox.template.functions import MASK, UNKNOWN, opaque, text
from sandbox.template.references import VARIABLE, parse_get_att, variable

__all__ = ["UNKNOWN", "Evaluator", "Lookup", "TemplateError"]

NO_VALUE = object()
"""Ref AWS::NoValue: the property, or the item of the list, is left out."""

ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy", "Metadata")

SUPPORTED = (
    "Fn::Base64, Fn::GetAtt, Fn::GetAZs, Fn::ImportValue, Fn::Join, Fn::Split, Fn::FindInMap, Fn::Select, Ref, "
    "Fn::Equals, Fn::If, Fn::Not, Condition, Fn::And, Fn::Or, Fn::Contains, Fn::EachMemberEquals, Fn::EachMemberIn, "
    "Fn::ValueOf, Fn::ValueOfAll, Fn::RefAll, Fn::Sub, Fn::Cidr"
)
_MAX_OPERANDS = 10


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
        """What `{{resolve:REFERENCE}}` stands for. Only asked by `sandbox.template.dynamic`."""
        ...


class Evaluator:
    """Evaluates one template with one set of parameter values."""

    def __init__(
        self, body: Mapping[str, Any], parameters: Mapping[str, Any], pseudo: Mapping[str, str], lookup: Lookup
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
        self._conditions: dict[str, bool | None] = {}
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::ImportValue": self._import_value,
            "Fn::Join": lambda node: functions.join(self._resolved(node)),
            "Fn::Split": lambda node: functions.split(self._resolved(node)),
            "Fn::Select": lambda node: functions.select(self._resolved(node)),
            "Fn::Base64": lambda node: functions.base64_of(self._resolved(node)),
            "Fn::Cidr": lambda node: functions.cidr(self._resolved(node)),
            "Fn::GetAZs": lambda node: functions.get_azs(self._resolved(node), self.pseudo.get("AWS::Region", "")),
        }
        self._logic: Mapping[str, Callable[[Any], bool]] = {
            "Condition": self.condition,
            "Fn::And": lambda node: all(self._operands("Fn::And", node)),
            "Fn::Or": lambda node: any(self._operands("Fn::Or", node)),
            "Fn::Not": self._not,
            "Fn::Equals": self._equals,
        }

    def masked(self, names: Container[str]) -> "Evaluator":
        """The same evaluation with these parameters shown as ****, taking the same branches."""
        shown = {name: MASK if name in names else value for name, value in self.parameters.items()}
        other = Evaluator(self.body, shown, self.pseudo, self._lookup)
        other._conditions = {name: self.condition(name) for name in self.body.get("Conditions") or {}}  # its own
        return other

    # --- conditions -----------------------------------------------------------------------------------------------

    def condition(self, name: Any) -> bool:
        """Whether a condition of the template holds."""
        section = self.body.get("Conditions") or {}
        if not isinstance(name, str) or name not in section:
            raise TemplateError(f"Template format error: Unresolved condition dependency {text(name)}")
        if name not in self._conditions:
            self._conditions[name] = None
            try:
                self._conditions[name] = self.truth(section[name])
            finally:
                if self._conditions[name] is None:
                    del self._conditions[name]
        known = self._conditions[name]
        if known is None:
            raise TemplateError(f"Template format error: Circular dependency in condition {name}")
        return known

    def truth(self, node: Any) -> bool:
        """The value of a condition expression."""
        if isinstance(node, dict) and len(node) == 1:
            name, argument = next(iter(node.items()))
            if name in self._logic:
                return self._logic[name](argument)
        raise TemplateError(
            "Template format error: Conditions can only be boolean operations on parameters and other conditions"
        )

    def _operands(self, name: str, node: Any) -> list[bool]:
        if not isinstance(node, list) or not 1 < len(node) <= _MAX_OPERANDS:
            raise TemplateError(
                f"Template error: every {name} object requires a list of at least 2 and at most 10 boolean parameters."
            )
        return [self.truth(operand) for operand in node]

    def _not(self, node: Any) -> bool:
        if not isinstance(node, list) or len(node) != 1:
            raise TemplateError("Template error: Fn::Not requires a list argument with one element")
        return not self.truth(node[0])

    def _equals(self, node: Any) -> bool:
        if not isinstance(node, list) or len(node) != 2:  # noqa: PLR2004  # left and right
            raise TemplateError("Template error: every Fn::Equals object requires a list of two string parameters.")
        left, right = (self._resolved(side) for side in node)
        return bool(left == right) or (
            not isinstance(left, list | dict) and not isinstance(right, list | dict) and text(left) == text(right)
        )

    # --- the template's parts -------------------------------------------------------------------------------------

    def active(self) -> tuple[str, ...]:
        """Logical ids of the resources whose condition holds, in template order."""
        resources = self.body["Resources"]
        return tuple(
            name for name, node in resources.items() if "Condition" not in node or self.condition(node["Condition"])
        )

    def properties(self, logical_id: str) -> dict[str, Any]:
        """The resource's properties, resolved."""
        return self._mapping(self.body["Resources"][logical_id].get("Properties"))

    def attributes(self, logical_id: str) -> dict[str, Any]:
        """Those of DeletionPolicy, UpdateReplacePolicy, UpdatePolicy, CreationPolicy and Metadata that are set, resolved."""
        resource = self.body["Resources"][logical_id]
        return self._mapping({name: resource[name] for name in ATTRIBUTES if name in resource})

    def outputs(self) -> dict[str, dict[str, Any]]:
        """The outputs whose condition holds: {name: {Value, Description?, Export?: {Name}}}."""
        section = self.body.get("Outputs") or {}
        return {
            name: self._mapping({key: node[key] for key in ("Value", "Description", "Export") if key in node})
            for name, node in section.items()
            if "Condition" not in node or self.condition(node["Condition"])
        }

    def check_rules(self) -> list[str]:
        """The failed assertions of the Rules section, as CloudFormation words them; empty: all hold."""
        from sandbox.template.rules import failed_assertions

        return failed_assertions(self)

    def value(self, node: Any) -> Any:
        """Any template node, resolved; None where it is AWS::NoValue."""
        found = self._resolved(node)
        return None if found is NO_VALUE else found

    def reduced(self, node: Any) -> Any:
        """The node with every Fn::If taken and AWS::NoValue left out, all other functions kept; NO_VALUE if nothing is left."""
        match node:
            case {"Ref": "AWS::NoValue"} if len(node) == 1:
                return NO_VALUE
            case {"Fn::If": argument} if len(node) == 1:
                return self.reduced(self._branch(argument))
            case dict():
                return {key: kept for key, child in node.items() if (kept := self.reduced(child)) is not NO_VALUE}
            case list():
                return [kept for child in node if (kept := self.reduced(child)) is not NO_VALUE]
        return node

    def _mapping(self, node: Any) -> dict[str, Any]:
        resolved = self._resolved(node or {})
        if resolved is NO_VALUE:
            return {}
        if not isinstance(resolved, dict):
            raise TemplateError("Template format error: a section of a resource or output must be an object")
        return resolved

    # --- functions ------------------------------------------------------------------------------------------------

    def _resolved(self, node: Any) -> Any:
        if isinstance(node, list):
            return [found for child in node if (found := self._resolved(child)) is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        name = next(iter(node), "")
        if len(node) == 1 and name in self._functions:
            return self._functions[name](node[name])
        for key in node:
            if str(key).startswith("Fn::"):
                raise TemplateError(
                    f"Template error: Encountered unsupported function: {key} Supported functions are: [{SUPPORTED}]"
                )
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
        self._known(name)
        return self._lookup.ref(name)

    def _get_att(self, argument: Any) -> Any:
        parsed = parse_get_att(argument)
        attribute = self._resolved(parsed[1]) if parsed else None
        if not parsed or not isinstance(attribute, str):
            raise TemplateError(
                "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
                "resource attribute"
            )
        self._known(parsed[0])
        return self._lookup.attribute(parsed[0], attribute)

    def _known(self, name: str) -> None:
        resource = self.body["Resources"].get(name)
        if resource is None or ("Condition" in resource and not self.condition(resource["Condition"])):
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
        hidden = opaque(list(parts.values()))
        return hidden or VARIABLE.sub(lambda match: parts[match[1]], template).replace("${!", "${")

    def _variable(self, name: str, given: Mapping[str, Any]) -> str:
        if name in given:
            found = given[name]
        else:
            reference = variable(name)
            found = (
                self._ref(name) if reference.attribute is None else self._get_att([reference.name, reference.attribute])
            )
        if isinstance(found, list | dict) or found is NO_VALUE:
            raise TemplateError(f"Template error: variable {name} in Fn::Sub expression does not resolve to a string")
        return text(found)

    def _branch(self, argument: Any) -> Any:
        if not isinstance(argument, list) or len(argument) != 3:  # noqa: PLR2004  # condition, then, else
            raise TemplateError("Template error: Fn::If requires a list argument with three elements")
        return argument[1] if self.condition(argument[0]) else argument[2]

    def _if(self, argument: Any) -> Any:
        return self._resolved(self._branch(argument))

    def _find_in_map(self, argument: Any) -> Any:
        mappings = self.body.get("Mappings") or {}
        match argument:
            case [name, first, second, {"DefaultValue": default}]:
                keys = self._resolved([name, first, second])
                found = functions.find_in_map(keys, mappings, functions.NO_DEFAULT if default is None else default)
                return self._resolved(found) if found is default else found
        return functions.find_in_map(self._resolved(argument), mappings)

    def _import_value(self, argument: Any) -> str:
        name = self._resolved(argument)
        if not isinstance(name, str):
            raise TemplateError(
                "Template error: the attribute in Fn::ImportValue must be a string or a function that returns a string"
            )
        return opaque(name) or self._lookup.export(name)
