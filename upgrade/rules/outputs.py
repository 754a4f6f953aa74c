"""Which outputs a template gives a stack, and their values as far as they can be known. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
"""

from collections.abc import Mapping
from typing import Any

from upgrade.config.entry import StackEntry
from upgrade.facts.stack import Stack, Template
from upgrade.template.functions import Unresolved, literal
from upgrade.template.resolve import Resolver


def planned_outputs(target: Template, stack: Stack, entry: StackEntry) -> dict[str, str | Unresolved]:
    """By name, the value of each output that exists.

    One whose condition can't be known is left out here and must then not be there: it is counted as there, unresolved.
    """
    pseudo = {
        "AWS::AccountId": entry.account_id,
        "AWS::Partition": stack.arn.split(":")[1],
        "AWS::Region": entry.region,
        "AWS::StackId": stack.arn,
        "AWS::StackName": stack.name,
    }
    resolver = Resolver(target, stack.parameters, pseudo)
    declared: Any = target.body.get("Outputs", {})
    planned: dict[str, str | Unresolved] = {}
    for name, output in declared.items():
        if not isinstance(output, Mapping):
            continue
        exists = resolver.condition(str(output["Condition"])) if "Condition" in output else True
        if exists is False:
            continue
        value = exists if isinstance(exists, Unresolved) else resolver.value(output.get("Value"))
        planned[name] = _text(value)
    return planned


def _text(value: Any) -> str | Unresolved:
    if isinstance(value, Unresolved):
        return value
    if isinstance(value, (str, int, float)):
        return literal(value)
    return Unresolved("it is built from what only AWS knows")
