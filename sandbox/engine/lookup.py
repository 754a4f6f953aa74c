"""What a template is evaluated against while a stack is being worked on: its resources, the exports, secrets.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

import json
from typing import Any

from botocore.exceptions import ClientError

from sandbox.engine.changes import Live, Side
from sandbox.engine.state import Definition, Stack, State
from sandbox.engine.world import Region
from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import UNKNOWN, Evaluator

PARTITION = "aws"
URL_SUFFIX = "amazonaws.com"


class Lookup:
    """The stack's resources as they are at the moment of asking."""

    def __init__(self, region: Region, stack: Stack) -> None:
        self.region = region
        self.stack = stack
        self.imports: set[str] = set()
        """Names of the exports that were asked for."""

    def ref(self, logical_id: str) -> Any:
        row = self.stack.state.existing.get(logical_id)
        return row.physical_id if row else UNKNOWN

    def attribute(self, logical_id: str, name: str) -> Any:
        row = self.stack.state.existing.get(logical_id)
        if row is None:
            return UNKNOWN
        if name not in row.attributes:
            raise TemplateError(
                f"Template error: resource {logical_id} does not support attribute type {name} in Fn::GetAtt"
            )
        return row.attributes[name]

    def export(self, name: str) -> str:
        exports = self.region.exports()
        if name not in exports:
            raise TemplateError(f"No export named {name} found.")
        self.imports.add(name)
        return exports[name][0]

    def dynamic(self, reference: str) -> str:
        return dynamic(self.region, reference)


def evaluator(region: Region, stack: Stack, definition: Definition) -> tuple[Evaluator, Lookup]:
    """The stack's template with its parameters, over the stack as it is."""
    lookup = Lookup(region, stack)
    known = side(stack, definition)
    return Evaluator(known.body, known.parameters, known.pseudo, lookup), lookup


def side(stack: Stack, definition: Definition) -> Side:
    """A definition with all that it is evaluated with."""
    return Side(definition.body, definition.parameters.resolved, definition.tags, pseudo(stack, definition))


def pseudo(stack: Stack, definition: Definition) -> dict[str, Any]:
    """The pseudo parameters, by full name."""
    return {
        "AWS::AccountId": stack.account,
        "AWS::NotificationARNs": list(definition.notification_arns),
        "AWS::Partition": PARTITION,
        "AWS::Region": stack.region,
        "AWS::StackId": stack.id,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": URL_SUFFIX,
    }


def live(state: State) -> dict[str, Live]:
    """The resources as the comparison wants them."""
    return {
        name: Live(name, row.type, row.physical_id, row.properties, row.attributes)
        for name, row in state.existing.items()
    }


def ssm_parameter(region: Region, name: str) -> str:
    """Value of an SSM parameter. Raises TemplateError where there is none."""
    try:
        return str(region.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])
    except ClientError:
        raise TemplateError(f"Unable to fetch parameters [{name}] from parameter store for this account.") from None


def dynamic(region: Region, reference: str) -> str:
    """The value of a dynamic reference. Raises TemplateError."""
    service, _, key = reference.partition(":")
    try:
        match service:
            case "ssm" | "ssm-secure":
                parameter = region.client("ssm").get_parameter(Name=key, WithDecryption=True)
                return str(parameter["Parameter"]["Value"])
            case "secretsmanager":
                return _secret(region, key)
    except ClientError as error:
        raise TemplateError(f"Could not resolve {{{{resolve:{reference}}}}}: {error}") from None
    raise TemplateError(f"Dynamic reference {{{{resolve:{reference}}}}}: service {service} is not supported")


def _secret(region: Region, key: str) -> str:
    """`id[:SecretString[:json-key[:stage[:version]]]]`; the id may be an ARN, which has colons of its own."""
    arn_parts = 7
    parts = key.split(":")
    length = arn_parts if parts[0] == "arn" else 1
    name, rest = ":".join(parts[:length]), [*parts[length:], "", "", "", ""]
    versions = {"VersionStage": rest[2], "VersionId": rest[3]}
    given = {argument: value for argument, value in versions.items() if value}
    text = str(region.client("secretsmanager").get_secret_value(SecretId=name, **given)["SecretString"])
    return str(json.loads(text)[rest[1]]) if rest[1] else text
