"""Which secrets a template has CloudFormation resolve. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from upgrade.facts.stack import Template
from upgrade.template.resolve import Resolver

MARK = "{{resolve:secretsmanager:"
_REFERENCE = re.compile(re.escape(MARK) + r"(arn:(?:[^:{}]+:){5}[^:{}]+|[^:{}]+)[^{}]*\}\}")

SECRET = "AWS::SecretsManager::Secret"  # noqa: S105  # a resource type


def resolved_secrets(
    template: Template, parameters: Mapping[str, str], known: Mapping[str, str]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The secrets that a template's resources refer to.

    Args:
        template: parsed.
        parameters: its values by name.
        known: values of pseudo parameters, and physical ids by logical id.

    Returns:
        Logical ids of the resources that refer to a secret, by its name or ARN; and the logical ids of those whose
        reference only AWS can complete. A secret that the template itself makes anew is in neither.
    """
    resolver = Resolver(template, parameters, known, dynamic=True)
    resources: Any = template.body["Resources"]
    new = {
        str(resolver.property(name, "Name"))
        for name, exists in resolver.active().items()
        if exists is not False and resources[name]["Type"] == SECRET and name not in known
    }
    users, unnamed = defaultdict[str, list[str]](list), []
    for name, exists in resolver.active().items():
        properties = resources[name].get("Properties", {})
        if exists is False or MARK not in json.dumps(properties, default=str):
            continue
        found = set(_REFERENCE.findall(json.dumps(resolver.value(properties), default=str)))
        for secret in found - new:
            users[secret].append(name)
        if not found:
            unnamed.append(name)
    return {secret: tuple(names) for secret, names in sorted(users.items())}, tuple(unnamed)
