"""What a template leaves to CloudFormation to make: macros and loops. Whoever counts or looks things up says so. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html
"""

from collections.abc import Iterator
from typing import Any

from upgrade.facts.stack import Template

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
"""The one transform that makes nothing of its own: it carries out more functions, loops among them.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html"""

LOOP = "Fn::ForEach"
LOOPED = ("Conditions", "Resources", "Outputs")
"""Sections in which a loop can stand."""


def is_processed(template: Template) -> bool:
    """Whether CloudFormation makes another template of it before it looks at it."""
    body: Any = template.body
    return "Transform" in body or any(_called(body))


def macros(template: Template) -> tuple[str, ...]:
    """Names of the macros that may add to a template or change it, AWS's own among them."""
    body: Any = template.body
    named = [*_names(body.get("Transform", [])), *_called(body)]
    return tuple(dict.fromkeys(name for name in named if name != LANGUAGE_EXTENSIONS))


def makers(template: Template, *sections: str) -> tuple[str, ...]:
    """What may add to these sections, as it is called in the template: macros of the whole template, and loops."""
    body: Any = template.body
    whole = [name for name in _names(body.get("Transform", [])) if name != LANGUAGE_EXTENSIONS]
    called = [key for node in (body, *(body.get(section, {}) for section in sections)) for key in node]
    return (*whole, *(str(key) for key in called if str(key).startswith("Fn::")))


def has_loops(template: Template) -> bool:
    """Whether Fn::ForEach makes some of its conditions, resources or outputs."""
    body: Any = template.body
    return any(key.startswith(LOOP) for section in LOOPED for key in body.get(section, {}))


def unseen(template: Template) -> str:
    """What only CloudFormation can see of a template, a noun phrase; empty if nothing is hidden."""
    parts = [f"what macro {name} makes of it" for name in macros(template)]
    return " and ".join([*parts, *([f"what its {LOOP} loops make"] if has_loops(template) else [])])


def _names(node: Any) -> list[str]:
    """The names a Transform section gives: one or several, each with parameters or without."""
    rows = node if isinstance(node, list) else [node]
    return [str(row.get("Name", "?")) if isinstance(row, dict) else str(row) for row in rows]


def _called(node: Any) -> Iterator[str]:
    """Macros called in the middle of a template."""
    if isinstance(node, dict):
        for key, child in node.items():
            if key == "Fn::Transform":
                yield from _names(child)
            yield from _called(child)
    elif isinstance(node, list):
        for child in node:
            yield from _called(child)
