"""From a request to what a stack is asked to be: template, parameters, capabilities and tags, checked beforehand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from sandbox.engine import capabilities, source
from sandbox.engine.errors import CloudFormationError, ValidationError
from sandbox.engine.lookup import evaluator, pseudo, ssm_parameter
from sandbox.engine.parameters import resolve
from sandbox.engine.schema import schema
from sandbox.engine.state import Definition, Stack
from sandbox.engine.world import Region
from sandbox.template.errors import TemplateError
from sandbox.template.graph import dependencies, waves
from sandbox.template.load import load
from sandbox.template.transforms import declared, process

MAX_TAGS = 50

_OWN = ("Custom::", "AWS::CloudFormation::")


class TransformError(CloudFormationError):
    """Transforms failed, or what they made is refused: a change set tells it as its reason, after some time."""

    def __init__(self, refusal: CloudFormationError, definition: Definition) -> None:
        super().__init__(refusal.code, refusal.message)
        self.definition = definition
        """As it was submitted."""


def define(region: Region, stack: Stack, request: Mapping[str, Any], previous: Definition | None = None) -> Definition:
    """What a stack is asked to be.

    Args:
        region: where.
        stack: the stack it is for; only its identity is used.
        request: the API request of CreateStack, UpdateStack or CreateChangeSet.
        previous: as deployed, for an update: what the request leaves out is taken from it, except parameters that
            are not said to keep their value, which take their default.

    Raises:
        CloudFormationError: as AWS words it; TransformError where it comes of the template's transforms.
    """
    if request.get("DeploymentConfig", {}).get("Mode", "STANDARD") != "STANDARD":
        raise ValidationError("The sandbox does not know DeploymentConfig with Mode=EXPRESS.")
    submitted = _submitted(region, request, previous)
    try:
        definition = _processed(stack, submitted) if submitted.transforms else submitted
        _check(region, stack, definition, request)
    except CloudFormationError as refusal:
        raise (TransformError(refusal, submitted) if submitted.transforms else refusal) from None
    return definition


def _submitted(region: Region, request: Mapping[str, Any], previous: Definition | None) -> Definition:
    """A definition whose transforms are not run yet. Raises ValidationError.

    The previous template is the processed one: no transform is run on it again.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html, UsePreviousTemplate
    """
    text = source.template(region, request, previous.text if previous else None)
    kept = previous if request.get("UsePreviousTemplate") else None
    try:
        body = kept.body if kept else load(text)
        transforms = declared(body)
        parameters = resolve(
            body,
            request.get("Parameters", ()),
            previous.parameters.values if previous else None,
            lambda name: ssm_parameter(region, name),
        )
    except TemplateError as error:
        raise ValidationError(error.message) from None
    as_it_is = None if transforms else text
    return Definition(
        text=text,
        body=body,
        parameters=parameters,
        tags=_tags(request, previous),
        capabilities=tuple(sorted(request.get("Capabilities", ()))),
        role_arn=request.get("RoleARN") or (previous.role_arn if previous else None),
        notification_arns=_kept(request, "NotificationARNs", previous.notification_arns if previous else ()),
        rollback_configuration=request.get(
            "RollbackConfiguration", previous.rollback_configuration if previous else {}
        ),
        transforms=transforms,
        processed=kept.processed if kept else as_it_is,
    )


def _processed(stack: Stack, submitted: Definition) -> Definition:
    """The definition with its transforms run. Raises ValidationError."""
    parameters = submitted.parameters
    shown = {name: value for name, value in parameters.resolved.items() if name not in parameters.no_echo}
    try:
        body = process(submitted.body, shown, pseudo(stack, submitted))
    except TemplateError as error:
        raise ValidationError(error.message) from None
    return replace(submitted, body=body, processed=json.dumps(body))


def unrecognized(body: Mapping[str, Any]) -> None:
    """Refuse resource types that do not exist. Raises TemplateError."""
    kinds = {resource["Type"] for resource in body["Resources"].values()}
    unknown = sorted(kind for kind in kinds if not kind.startswith(_OWN) and schema(kind) is None)
    if unknown:
        raise TemplateError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def _check_types(body: Mapping[str, Any], allowed: Sequence[str]) -> None:
    """ResourceTypes: the only types the caller wants to work with, `AWS::EC2::*` among them. Raises ValidationError."""
    kinds = {resource["Type"] for resource in body["Resources"].values()}
    denied = sorted(kind for kind in kinds if not any(fnmatchcase(kind, pattern) for pattern in allowed))
    if allowed and denied:
        raise ValidationError(
            f"Resource type {denied[0]} is not allowed by parameter ResourceTypes [{', '.join(allowed)}]"
        )


def _check(region: Region, stack: Stack, definition: Definition, request: Mapping[str, Any]) -> None:
    """Types, capabilities, and what needs the parameters: rules, conditions, the order of the resources.

    Raises CloudFormationError.
    """
    try:
        unrecognized(definition.body)
        capabilities.check(definition.body, definition.capabilities)
        _check_types(definition.body, request.get("ResourceTypes", ()))
        evaluated, _ = evaluator(region, stack, definition)
        failed = evaluated.check_rules()
        if failed:
            raise ValidationError("; ".join(failed))
        waves(dependencies(evaluated))
    except TemplateError as error:
        raise ValidationError(error.message) from None


def _tags(request: Mapping[str, Any], previous: Definition | None) -> Mapping[str, str]:
    if "Tags" not in request:
        return previous.tags if previous else {}
    tags = {str(tag["Key"]): str(tag["Value"]) for tag in request["Tags"]}
    reserved = [key for key in tags if key.lower().startswith("aws:")]
    if reserved:
        raise ValidationError(
            "Tag key: aws: prefixed tag key names are not allowed for external use: " + ", ".join(reserved)
        )
    if len(tags) > MAX_TAGS:
        raise ValidationError(f"Tags: a stack can have at most {MAX_TAGS} tags")
    return tags


def _kept(request: Mapping[str, Any], name: str, previous: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(request[name]) if name in request else previous
