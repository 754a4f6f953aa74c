"""What a template means for given parameter values: values, conditions, active resources; pure.

Whatever only CloudFormation can know (attributes and names of resources, exports, values behind SSM, secrets, macros)
is `Unresolved` with the reason, and so is what is built from it. Shares no code with the sandbox's engine.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from upgrade.facts.stack import Template
from upgrade.template.functions import FORMED, PURE, Unresolved, applied, form, joined, literal, why

MASKED = "****"
"""What CloudFormation shows of a NoEcho value."""

NO_VALUE = Unresolved("AWS::NoValue", {"Ref": "AWS::NoValue"})
"""The property is left out."""

DYNAMIC = "{{resolve:"
"""Begins a dynamic reference.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"""

SSM = "AWS::SSM::Parameter::Value<"
"""Begins the type of a parameter whose value is the name of another one, in SSM."""

_DEEPEST = 100
"""Levels of references; more is a circle."""

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_THREE = 3
"""Arguments of Fn::FindInMap without a default: map, first key, second key."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What an expression refers to: a parameter, a pseudo parameter, or a resource or an attribute of one."""

    name: str
    attribute: str | None = None
    """Of Fn::GetAtt; None for Ref."""


class Resolver:
    """A template with the values of its parameters."""

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, str | Unresolved],
        pseudo: Mapping[str, Any] | None = None,
        behind: Mapping[str, str] | None = None,
        *,
        dynamic: bool = False,
    ) -> None:
        """Prepare; nothing is resolved yet.

        Args:
            template: parsed, short tags in long form.
            parameters: values by name; one that is missing takes its default.
            pseudo: values of `AWS::Region` and the like; one that is missing is unresolved. By logical id it may give what
                Ref of a resource is.
            behind: by name of a parameter of an SSM type, what stands in SSM; one that is missing is unresolved.
            dynamic: leave dynamic references as they stand, instead of unresolved.
        """
        body: Any = template.body
        declared: Mapping[str, Any] = body.get("Resources", {})
        # Loops, and what a macro makes, have no type of their own.
        self._resources = {
            name: each for name, each in declared.items() if isinstance(each, Mapping) and "Type" in each
        }
        self._conditions: Mapping[str, Any] = body.get("Conditions", {})
        self._mappings: Mapping[str, Any] = body.get("Mappings", {})
        self._declared: Mapping[str, Any] = body.get("Parameters", {})
        self._given = parameters
        self._pseudo = pseudo or {}
        self._behind = behind or {}
        self._holds: dict[str, bool | Unresolved] = {}
        self._dynamic = dynamic
        self._depth = 0
        self._contextual: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::GetAZs": lambda argument: self._asked("Fn::GetAZs", self.value(argument) or self._ref("AWS::Region")),
            "Fn::If": self._if,
            "Fn::ImportValue": lambda argument: self._asked("Fn::ImportValue", self.value(argument)),
            "Fn::Sub": self._sub,
        }

    def value(self, node: Any) -> Any:
        """A value with every function carried out; `Unresolved` at the places, or as a whole, where it can't be."""
        found = self._value(node)
        if not self._dynamic and isinstance(found, str) and DYNAMIC in found:
            return Unresolved(f"only AWS knows what stands behind {found}", found)
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

    def declares(self, name: str) -> bool:
        """Whether the template has a parameter of this name."""
        return name in self._declared

    def condition(self, name: str) -> bool | Unresolved:
        """A condition of the template."""
        if name not in self._conditions:
            return Unresolved(f"condition {name} is not declared")
        if name not in self._holds:
            self._holds[name] = Unresolved("refers to itself")
            result = self.value(self._conditions[name])
            known = isinstance(result, (bool, Unresolved))
            self._holds[name] = result if known else Unresolved(f"condition {name} is no boolean")
        return self._holds[name]

    def active(self) -> dict[str, bool | Unresolved]:
        """By logical id, whether the resource exists under these values."""
        return {
            logical_id: self.condition(str(resource["Condition"])) if "Condition" in resource else True
            for logical_id, resource in self._resources.items()
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

    def reduced(self, node: Any) -> Any:
        """A node as it is written, in the branches that conditions choose; NO_VALUE if nothing is left of it."""
        node = self._chosen(node)
        match node:
            case {"Ref": "AWS::NoValue"} if len(node) == 1:
                return NO_VALUE
            case Mapping():
                return {key: left for key, child in node.items() if (left := self.reduced(child)) is not NO_VALUE}
            case list():
                return [left for child in node if (left := self.reduced(child)) is not NO_VALUE]
        return node

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
            given = self.value(argument)
            found = PURE[name](given)
            return found if name in FORMED else applied(name, given, found)
        if name.startswith("Fn::"):
            return Unresolved(f"only AWS can carry out {name}")
        if name == "Condition" and isinstance(argument, str) and argument in self._conditions:
            return self.condition(argument)
        return self._mapping({name: argument})

    def _if(self, argument: Any) -> Any:
        branch = self._branch(argument)
        if not isinstance(branch, Unresolved):
            return self.value(branch)
        parts = argument[1:] if isinstance(argument, list) else []
        return replace(branch, form={"Fn::If": [branch.form, *(form(self.value(part)) for part in parts)]})

    def _ref(self, name: Any) -> Any:
        if not isinstance(name, str):
            return why(name, "Ref")
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._pseudo:
            return self._pseudo[name]
        if name not in self._declared:
            return Unresolved(f"only AWS knows {name}", {"Ref": name})
        found = self._parameter(name)
        return replace(found, form={"Parameter": name}) if isinstance(found, Unresolved) else found

    def _parameter(self, name: str) -> Any:
        declared = self._declared[name]
        type_ = str(declared.get("Type", "String"))
        raw = self._given.get(name, declared.get("Default"))
        if type_.startswith(SSM):
            type_, raw = type_.removeprefix(SSM), self._behind.get(name)
            if raw is None:
                return Unresolved(f"parameter {name} stands for a value in SSM")
        if raw is None:
            return Unresolved(f"parameter {name} has no value")
        if isinstance(raw, Unresolved):
            return raw
        if raw == MASKED:
            return Unresolved(f"parameter {name} is secret")
        is_list = type_.startswith(("CommaDelimitedList", "List<"))
        return [part.strip() for part in literal(raw).split(",")] if is_list else literal(raw)

    def _get_att(self, argument: Any) -> Any:
        match argument:
            case str(text) if "." in text:
                name, _, attribute = text.partition(".")
            case [str(name), *parts] if parts:
                found = self.value(parts)
                unknown = next((part for part in found if isinstance(part, Unresolved)), None)
                if unknown is not None:
                    return applied("Fn::GetAtt", [name, *found], unknown)
                attribute = ".".join(map(literal, found))
            case _:
                return why(argument, "Fn::GetAtt")
        return Unresolved(f"only AWS knows {name}.{attribute}", {"Fn::GetAtt": [name, attribute]})

    def _asked(self, name: str, argument: Any) -> Unresolved:
        """What AWS answers alike for as long as its argument is the same."""
        return Unresolved(f"only AWS can carry out {name}", {name: form(argument)})

    def _find_in_map(self, argument: Any) -> Any:
        keys = self.value(argument)
        if not isinstance(keys, list) or len(keys) < _THREE:
            return why(keys, "Fn::FindInMap")
        node: Any = self._mappings
        for key in keys[:_THREE]:
            if isinstance(key, Unresolved):
                return replace(key, form={"Fn::FindInMap": [form(keys), form(node)]})
            node = node.get(literal(key)) if isinstance(node, Mapping) else None
        match keys[_THREE:]:
            case [{"DefaultValue": default}] if node is None:
                return default
        return Unresolved(f"no such mapping: {'.'.join(map(literal, keys[:3]))}") if node is None else node

    def _sub(self, argument: Any) -> Any:
        match argument:
            case str(text):
                own: Mapping[str, Any] = {}
            case [str(text), Mapping() as own]:
                pass
            case _:
                return why(argument, "Fn::Sub")
        parts = _VARIABLE.split(text)  # text and variable in turn
        values = [self._variable(name.strip(), own) for name in parts[1::2]]
        for name, value in zip(parts[1::2], values, strict=True):
            if isinstance(value, (list, Mapping)):
                return why(value, f"${{{name.strip()}}}")
        texts = [part.replace("${!", "${") for part in parts[::2]]
        pieces = [texts[0], *(each for pair in zip(values, texts[1:], strict=True) for each in pair)]
        unknown = next((value for value in values if isinstance(value, Unresolved)), None)
        if unknown is not None:
            return replace(unknown, form=joined(map(form, pieces)))
        return "".join(map(literal, pieces))

    def _variable(self, name: str, own: Mapping[str, Any]) -> Any:
        if name in own:
            return self.value(own[name])
        if name in self._pseudo:
            return self._pseudo[name]
        return self._get_att(name) if "." in name else self._ref(name)


def references(node: Any) -> Iterator[Reference]:
    """Everything an expression refers to, in its order."""
    match node:
        case {"Ref": str(name)} if len(node) == 1:
            yield Reference(name)
        case {"Fn::GetAtt": str(text)} if len(node) == 1:
            yield _reference(text)
        case {"Fn::GetAtt": [str(name), *parts]} if len(node) == 1:
            yield Reference(name, ".".join(part if isinstance(part, str) else "" for part in parts))
            yield from references(parts)
        case {"Fn::Sub": str(text)} if len(node) == 1:
            yield from (_reference(name.strip()) for name in _VARIABLE.findall(text))
        case {"Fn::Sub": [str(text), Mapping() as own]} if len(node) == 1:
            names = [name.strip() for name in _VARIABLE.findall(text)]
            yield from (_reference(name) for name in names if name not in own)
            yield from references(own)
        case Mapping():
            for child in node.values():
                yield from references(child)
        case list():
            for child in node:
                yield from references(child)


def _reference(text: str) -> Reference:
    name, dot, attribute = text.partition(".")
    return Reference(name, attribute if dot else None)
