"""AWS::LanguageExtensions: loops, and functions whose values are known before anything is made.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html

A value that only the stack knows, such as an attribute of a resource, is left for the stack to evaluate.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.template import functions
from sandbox.template.errors import TemplateError
from sandbox.template.functions import text
from sandbox.template.references import VARIABLE
from sandbox.template.resolve import NO_VALUE, Resolver

LOOP = "Fn::ForEach::"
SECTIONS = ("Conditions", "Resources", "Outputs")
"""Where loops and functions of the extensions may stand."""

_MAX_MEMBERS = 500
"""Of one object: the highest of CloudFormation's quotas, so that loops in loops come to an end."""

_LAYOUT = "Fn::ForEach layout is incorrect"
_NO_COLLECTION = "Could not find a collection or could not be resolved for Fn::ForEach"
_NO_LENGTH = "The Fn::Length value could not be resolved for properties"


def extend(body: Mapping[str, Any], parameters: Mapping[str, Any], pseudo: Mapping[str, Any]) -> dict[str, Any]:
    """The template with its loops carried out and the functions of the extensions resolved where that can be done.

    Args:
        body: the template; its sections are objects.
        parameters: values as Ref gives them. What is not to be written into a template is left out.
        pseudo: the pseudo parameters.

    Raises:
        TemplateError: what CloudFormation says after `Transform AWS::LanguageExtensions failed with:`.
    """
    made = dict(body)
    for name in SECTIONS:
        if name in body:
            early = _Early(made, parameters, pseudo)
            made[name] = early.resolved(early.looped(body[name]))
    return made


class _Early:
    """What can be said of a template's expressions before there is a stack."""

    def __init__(self, body: Mapping[str, Any], parameters: Mapping[str, Any], pseudo: Mapping[str, Any]) -> None:
        known = {"Mappings": body.get("Mappings", {}), "Conditions": body.get("Conditions", {}), "Resources": {}}
        self._resolver = Resolver(known, parameters, pseudo, _Nothing())

    def looped(self, node: Any) -> Any:
        """The node, every loop in it carried out."""
        if isinstance(node, list):
            return [self.looped(child) for child in node]
        if not isinstance(node, dict):
            return node
        made: dict[str, Any] = {}
        for key, child in node.items():
            for name, value in self._rounds(child) if key.startswith(LOOP) else [(key, self.looped(child))]:
                if name in made:
                    raise TemplateError(f"Duplicate key '{name}' when merging keys to parent object in Fn::ForEach")
                if len(made) >= _MAX_MEMBERS:
                    raise TemplateError(f"More than {_MAX_MEMBERS} members of one object")
                made[name] = value
        return made

    def _rounds(self, loop: Any) -> Iterator[tuple[str, Any]]:
        match loop:
            case [str(identifier), list() | dict() as collection, dict(fragment)] if identifier:
                pass
            case _:
                raise TemplateError(_LAYOUT)
        items = self._value(collection)
        if not isinstance(items, list) or any(isinstance(item, dict | list) for item in items):
            raise TemplateError(_NO_COLLECTION)
        for item in items:
            yield from self.looped(_fragment(fragment, identifier, text(item))).items()

    def resolved(self, node: Any) -> Any:
        """The node, every function of the extensions in it replaced by its value; NO_VALUE where that is nothing."""
        match node:
            case list():
                return [found for child in node if (found := self.resolved(child)) is not NO_VALUE]
            case dict() if len(node) == 1:
                name, argument = next(iter(node.items()))
                return self._function(name, self.resolved(argument))
            case dict():
                found = {key: self.resolved(child) for key, child in node.items()}
                for name in ("DeletionPolicy", "UpdateReplacePolicy"):
                    if isinstance(policy := found.get(name), dict):
                        found[name] = self._value(policy, policy)
                return {key: value for key, value in found.items() if value is not NO_VALUE}
        return node

    def _function(self, name: str, argument: Any) -> Any:
        match name, argument:
            case "Fn::Length", _:
                items = self._value(argument)
                if not isinstance(items, list):
                    raise TemplateError(_NO_LENGTH)
                return len(items)
            case "Fn::ToJsonString", _:
                value = self._value(argument, NO_VALUE)
                return {name: argument} if value is NO_VALUE else functions.to_json(value)
            case "Fn::FindInMap", list():
                return self._value({name: argument}, {name: argument})
            case "Ref", dict():
                return {name: self._value(argument, argument)}
            case "Fn::GetAtt", [dict(logical_id), attribute]:
                return {name: [self._value(logical_id, logical_id), attribute]}
        return {} if argument is NO_VALUE else {name: argument}

    def _value(self, node: Any, otherwise: Any = None) -> Any:
        """The value of a node, NO_VALUE of one that is AWS::NoValue; `otherwise` where it can't be known yet."""
        try:
            value = self._resolver.value(node)
        except TemplateError:
            return otherwise
        return NO_VALUE if value is None else value


class _Nothing:
    """A Lookup before there is a stack. Of resources it is not asked: the resolver has none."""

    def ref(self, logical_id: str) -> Any:
        raise TemplateError(logical_id)

    def attribute(self, logical_id: str, name: str) -> Any:
        raise TemplateError(f"{logical_id}.{name}")

    def export(self, name: str) -> str:
        raise TemplateError(name)

    def dynamic(self, reference: str) -> str:
        raise TemplateError(reference)


# --- one round of a loop ----------------------------------------------------------------------------------------------
# As AWS was seen to do it, not as its documentation says: in the keys of the fragment `${Identifier}` and `&{Identifier}`,
# which leaves out what is not alphanumeric; in its values `Ref` and, in Fn::Sub, `${Identifier}` alone.
# https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2150
# https://github.com/ministackorg/ministack/pull/1739


def _fragment(fragment: Mapping[str, Any], identifier: str, item: str) -> dict[str, Any]:
    """The fragment of a loop for one item. Raises TemplateError where two keys become one."""
    forms = {f"${{{identifier}}}": item, f"&{{{identifier}}}": "".join(filter(str.isalnum, item))}
    made: dict[str, Any] = {}
    for key, child in fragment.items():
        name = key
        for form, value in forms.items():
            name = name.replace(form, value)
        if name in made:
            raise TemplateError(f"Duplicate key '{name}' when merging keys to parent object in Fn::ForEach")
        made[name] = _member(key, child, identifier, item)
    return made


def _member(key: str, node: Any, identifier: str, item: str) -> Any:
    match node:
        case [inner, collection, dict(fragment)] if key.startswith(LOOP):
            return [inner, _filled(collection, identifier, item), _fragment(fragment, identifier, item)]
    return _filled(node, identifier, item)


def _filled(node: Any, identifier: str, item: str) -> Any:
    match node:
        case {"Ref": str(name)} if len(node) == 1 and name == identifier:
            return item
        case {"Fn::Sub": str(template)} if len(node) == 1:
            replaced = _substituted(template, identifier, item)
            is_plain = replaced != template and not VARIABLE.search(replaced)
            return replaced.replace("${!", "${") if is_plain else {"Fn::Sub": replaced}
        case {"Fn::Sub": [str(template), dict(values)]} if len(node) == 1:
            return {"Fn::Sub": [_substituted(template, identifier, item), _filled(values, identifier, item)]}
        case dict():
            return {key: _member(key, child, identifier, item) for key, child in node.items()}
        case list():
            return [_filled(child, identifier, item) for child in node]
    return node


def _substituted(template: str, identifier: str, item: str) -> str:
    return re.sub(rf"\$\{{\s*{re.escape(identifier)}\s*\}}", lambda _: item.replace("${", "${!"), template)
