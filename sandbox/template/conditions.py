"""The Conditions section and its functions.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.template.errors import TemplateError
from sandbox.template.functions import text

_MAX_OPERANDS = 10


class Conditions:
    """The conditions of one template with one set of parameter values; each is evaluated once."""

    def __init__(self, section: Mapping[str, Any], resolved: Callable[[Any], Any]) -> None:
        """Take the section, and what resolves the operands of Fn::Equals."""
        self._section = section
        self._resolved = resolved
        self._known: dict[str, bool] = {}
        self._open: list[str] = []
        self._functions: Mapping[str, Callable[[Any], bool]] = {
            "Condition": self.holds,
            "Fn::And": lambda node: all(self._operands("Fn::And", node)),
            "Fn::Or": lambda node: any(self._operands("Fn::Or", node)),
            "Fn::Not": self._not,
            "Fn::Equals": self._equals,
        }

    def holds(self, name: Any) -> bool:
        """Whether a condition, by name, holds."""
        if not isinstance(name, str) or name not in self._section:
            raise TemplateError(f"Template error: unresolved condition dependency {text(name)} in Fn::If")
        if name in self._open:
            raise TemplateError(
                f"Template format error: Circular dependency between conditions: [{', '.join(self._open)}]"
            )
        if name not in self._known:
            self._open.append(name)
            try:
                self._known[name] = self.truth(self._section[name])
            finally:
                self._open.pop()
        return self._known[name]

    def truth(self, node: Any) -> bool:
        """The value of a condition expression."""
        match node:
            case dict() if len(node) == 1 and (name := next(iter(node))) in self._functions:
                return self._functions[name](node[name])
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
        return same(left, right)


def same(left: Any, right: Any) -> bool:
    """Equality as CloudFormation sees it: scalars are text, so 1 is "1" and true is "true"."""
    if isinstance(left, dict | list) or isinstance(right, dict | list):
        return bool(left == right)
    return text(left) == text(right)
