"""Who answers the custom resources of a template. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

from upgrade.config.region import partition
from upgrade.facts.stack import Resource, Template
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import Resolver

CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
MADE_HERE = Unresolved("it is made by this update")
"""There is nothing to ask before it exists."""


def is_custom(type_: str) -> bool:
    """Whether somebody's own code answers for resources of this type."""
    return type_.startswith(CUSTOM)


def is_topic(token: str) -> bool:
    """Whether a ServiceToken is that of an SNS topic, to which anybody may listen."""
    return token.startswith("arn:") and token.split(":")[2] == "sns"


def answering(
    template: Template, parameters: Mapping[str, str], stack_arn: str, resources: Iterable[Resource]
) -> dict[str, str | Unresolved]:
    """By logical id of each custom resource, the name or ARN of the function or topic that answers it.

    Args:
        template: the deployed one, or the target.
        parameters: values by name.
        stack_arn: tells account and region.
        resources: the live ones.
    """
    live = {each.logical_id: each.physical_id for each in resources if each.physical_id}
    region, account = stack_arn.split(":")[3:5]
    pseudo = {"AWS::Region": region, "AWS::AccountId": account, "AWS::Partition": partition(region)}
    functions = {f"{name}.Arn": id_ for name, id_ in live.items()}
    resolver = Resolver(template, parameters, {**live, **functions, **pseudo})
    declared: Any = template.body["Resources"]
    return {
        name: _answering(resolver, name, live)
        for name, exists in resolver.active().items()
        if exists is not False and is_custom(str(declared[name].get("Type", "")))
    }


def _answering(resolver: Resolver, name: str, live: Mapping[str, str]) -> str | Unresolved:
    behind = resolver.resource_behind(name, "ServiceToken")
    if behind is None:
        token = resolver.property(name, "ServiceToken")
        return token if isinstance(token, (str, Unresolved)) else Unresolved("its ServiceToken is no text")
    resource, attribute = behind
    if attribute.startswith("Outputs."):
        return Unresolved(f"it is an output of nested stack {resource}")
    return live.get(resource, MADE_HERE)
