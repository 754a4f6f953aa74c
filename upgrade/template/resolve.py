"""What a template means for given parameter values: values, conditions, active resources; pure.

Whatever only CloudFormation can know (attributes and names of resources, exports, values behind SSM, secrets, macros)
is `Unresolved` with the reason, and so is what is built from it. Shares no code with the sandbox's engine.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from upgrade.facts.stack import Template
from upgrade.template.functions import PURE, Unresolved, literal, why

MASKED = "****"
"""What CloudFormation shows of a NoEcho value."""

NO_VALUE = Unresolved("AWS::NoValue")
"""The property is left out."""

DYNAMIC = "{{resolve:"
"""Begins a dynamic reference.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"""

_DEEPEST = 100
"""Levels of references; more is a circle."""

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


class Resolver:
    """A template with the values of its parameters."""

    def __init__(
        self, template: Template, parameters: Mapping[str, str], pseudo: Mapping[str, str] | None = None
    ) -> None:
        """Prepare; nothing is resolved yet.

        Args:
            template: parsed, short tags in long form.
            parameters: values by name; one that is missing takes its default.
            pseudo: values of `AWS::Region` and the like; one that is missing is unresolved.
        """
        body: Any = template.body
        declared: Mapping[str, Any] = body.get("Resources", {})
        self._resources = {name: each for name, each in declared.items() if not name.startswith("Fn::")}
        self._conditions: Mapping[str, Any] = body.get("Conditions", {})
        self._mappings: Mapping[str, Any] = body.get("Mappings", {})
        self._declared: Mapping[str, Any] = body.get("Parameters", {})
        self._given = parameters
        self._pseudo = pseudo or {}
        self._depth = 0
        self._contextual: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::FindInMap": self._find_in_map,
            "Fn::If": self._if,
            "Fn::Sub": self._sub,
        }

    def value(self, node: Any) -> Any:
        """A value with every function carried out; `Unresolved` at the places, or as a whole, where it can't be."""
        found = self._value(node)
        if isinstance(found, str) and DYNAMIC in found:
            return Unresolved(f"only AWS knows what stands behind {found}")
        return found

    def _value(self, node: Any) -> Any:
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                return Unresolved("refers to itself")
            match node:
                case Mapping() if len(node) == 1:
                    name, argument = next(iter(node.items()))
                    return self._call(name, argument)
                case Mapping():
                    return self._mapping(node)
                case list():
                    return [child for child in map(self.value, node) if child is not NO_VALUE]
            return node
        finally:
            self._depth -= 1

    def condition(self, name: str) -> bool | Unresolved:
        """A condition of the template."""
        if name not in self._conditions:
            return Unresolved(f"condition {name} is not declared")
        result = self.value(self._conditions[name])
        return result if isinstance(result, (bool, Unresolved)) else Unresolved(f"condition {name} is no boolean")

    def active(self) -> dict[str, bool | Unresolved]:
        """By logical id, whether the resource exists under these values."""
        return {
            logical_id: self.condition(str(resource["Condition"])) if "Condition" in resource else True
            for logical_id, resource in self._resources.items()
            if isinstance(resource, Mapping)
        }

    def property(self, logical_id: str, *path: str) -> Any:
        """A property of a resource, e.g. `property("DB", "AllocatedStorage")`; NO_VALUE if it is not set."""
        node = self._property(logical_id, path)
        return NO_VALUE if node is NO_VALUE else self.value(node)

    def parameter_behind(self, logical_id: str, *path: str) -> str | None:
        """The parameter whose value a property is, through conditions; None if it is no parameter's value."""
        match self._property(logical_id, path):
            case {"Ref": str(name)} if name in self._declared:
                return name
            case {"Fn::Sub": str(text)} if (whole := _VARIABLE.fullmatch(text)) and whole[1] in self._declared:
                return whole[1]
        return None

    def resource_behind(self, logical_id: str, *path: str) -> tuple[str, str] | None:
        """The resource of the template whose attribute a property is, through conditions; None if it is nothing such.

        Returns:
            Its logical id, and the attribute: empty for what `Ref` gives.
        """
        match self._property(logical_id, path):
            case {"Ref": str(name)}:
                attribute = ""
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                pass
            case {"Fn::GetAtt": str(text)}:
                name, _, attribute = text.partition(".")
            case _:
                return None
        return (name, attribute) if name in self._resources else None

    def _property(self, logical_id: str, path: tuple[str, ...]) -> Any:
        node = self._chosen(self._resources.get(logical_id, {}).get("Properties", {}))
        for key in path:
            if isinstance(node, Mapping) and len(node) == 1 and next(iter(node)).startswith("Fn::"):
                return node  # which branch it is only AWS knows, and so what lies below
            if not isinstance(node, Mapping) or key not in node:
                return NO_VALUE
            node = self._chosen(node[key])
        return node

    def _chosen(self, node: Any) -> Any:
        """The branch that conditions choose, itself not yet resolved."""
        while isinstance(node, Mapping) and len(node) == 1 and "Fn::If" in node:
            branch = self._branch(node["Fn::If"])
            if isinstance(branch, Unresolved):
                return node
            node = branch
        return node

    def _branch(self, argument: Any) -> Any:
        match argument:
            case [str(name), then, otherwise]:
                holds = self.condition(name)
                return holds if isinstance(holds, Unresolved) else then if holds else otherwise
        return why(argument, "Fn::If")

    def _mapping(self, node: Mapping[str, Any]) -> dict[str, Any]:
        values = {key: self.value(child) for key, child in node.items()}
        return {key: child for key, child in values.items() if child is not NO_VALUE}

    def _call(self, name: str, argument: Any) -> Any:
        if name in self._contextual:
            return self._contextual[name](argument)
        if name in PURE:
            return PURE[name](self.value(argument))
        if name.startswith("Fn::"):
            return Unresolved(f"only AWS can carry out {name}")
        if name == "Condition" and isinstance(argument, str) and argument in self._conditions:
            return self.condition(argument)
        return self._mapping({name: argument})

    def _if(self, argument: Any) -> Any:
        branch = self._branch(argument)
        return branch if isinstance(branch, Unresolved) else self.value(branch)

    def _ref(self, name: Any) -> Any:
        if not isinstance(name, str):
            return why(name, "Ref")
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._pseudo:
            return self._pseudo[name]
        return self._parameter(name) if name in self._declared else Unresolved(f"only AWS knows {name}")

    def _parameter(self, name: str) -> Any:
        declared = self._declared[name]
        type_ = str(declared.get("Type", "String"))
        if type_.startswith("AWS::SSM::Parameter"):
            return Unresolved(f"parameter {name} stands for a value in SSM")
        raw = self._given.get(name, declared.get("Default"))
        if raw is None:
            return Unresolved(f"parameter {name} has no value")
        if raw == MASKED and literal(declared.get("NoEcho", "")) == "true":
            return Unresolved(f"parameter {name} is secret")
        is_list = type_ == "CommaDelimitedList" or type_.startswith("List<")
        return [part.strip() for part in literal(raw).split(",")] if is_list else literal(raw)

    def _find_in_map(self, argument: Any) -> Any:
        keys = self.value(argument)
        if not isinstance(keys, list) or len(keys) < 3:  # noqa: PLR2004  # map, first key, second key
            return why(keys, "Fn::FindInMap")
        node: Any = self._mappings
        for key in keys[:3]:
            if isinstance(key, Unresolved):
                return key
            node = node.get(literal(key)) if isinstance(node, Mapping) else None
        return Unresolved(f"no such mapping: {'.'.join(map(literal, keys[:3]))}") if node is None else node

    def _sub(self, argument: Any) -> Any:
        match argument:
            case str(text):
                own: Mapping[str, Any] = {}
            case [str(text), Mapping() as own]:
                pass
            case _:
                return why(argument, "Fn::Sub")
        names = [name.strip() for name in _VARIABLE.findall(text)]
        values = {name: self.value(own[name]) if name in own else self._ref(name) for name in names}
        for name, value in values.items():
            if isinstance(value, (Unresolved, list, Mapping)):
                return why(value, f"${{{name}}}")
        return _VARIABLE.sub(lambda match: literal(values[match[1].strip()]), text).replace("${!", "${")
