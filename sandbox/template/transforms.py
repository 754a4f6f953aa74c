"""Transforms: what CloudFormation makes of a template before it works with it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
Macros of one's own are Lambda functions, which the sandbox does not run.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.template.check import check
from sandbox.template.errors import TemplateError
from sandbox.template.extensions import extend

EXTENSIONS = "AWS::LanguageExtensions"
SERVERLESS = "AWS::Serverless-2016-10-31"


def declared(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the transforms a template declares, in the order they are run.

    Raises TemplateError for one there is not.
    """
    section = body.get("Transform", [])
    names = [one.get("Name") if isinstance(one, dict) else one for one in _as_list(section)]
    for name in names:
        if name not in (EXTENSIONS, SERVERLESS):
            raise TemplateError(f"No transform named {name} found.")
    return tuple(map(str, names))


def process(body: Mapping[str, Any], parameters: Mapping[str, Any], pseudo: Mapping[str, Any]) -> Mapping[str, Any]:
    """The processed template: the very same where it declares no transform.

    Args:
        body: the template as `load` gives it.
        parameters: values as Ref gives them, without those that must not be written into a template.
        pseudo: the pseudo parameters.

    Raises:
        TemplateError: a transform failed, or what it made is no template.
    """
    names = declared(body)
    if not names:
        return body
    made = {name: section for name, section in body.items() if name != "Transform"}
    for name in names:
        try:
            made = _TRANSFORMS[name](made, parameters, pseudo)
        except TemplateError as error:
            raise TemplateError(f"Transform {name} failed with: {error.message}") from error
    check(made, left=("Fn::ToJsonString",) if EXTENSIONS in names else ())
    return made


def _as_list(section: Any) -> list[Any]:
    return section if isinstance(section, list) else [section]


def _translate(body: Mapping[str, Any], parameters: Mapping[str, Any], pseudo: Mapping[str, Any]) -> dict[str, Any]:
    from sandbox.template.serverless import translate  # late: takes seconds to import, and few templates need it

    return translate(body, parameters, pseudo["AWS::Region"])


_TRANSFORMS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]] = {
    EXTENSIONS: extend,
    SERVERLESS: _translate,
}
