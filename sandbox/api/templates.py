"""Actions on templates, types and the account."""

import json
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult

from sandbox.api import views
from sandbox.api.face import Face
from sandbox.engine import capabilities, changeset, source
from sandbox.engine.definition import unrecognized
from sandbox.engine.errors import CloudFormationError, ValidationError
from sandbox.engine.parameters import declared, no_echo
from sandbox.engine.schema import schema
from sandbox.engine.state import Definition
from sandbox.template.errors import TemplateError
from sandbox.template.functions import text
from sandbox.template.load import load
from sandbox.template.transforms import declared as declared_transforms

LIMITS = {"StackLimit": 2000, "StackOutputsLimit": 200, "ConcurrentResourcesLimit": 2500}


class Templates(Face):
    """Templates, resource types, limits, exports."""

    def get_template(self) -> ActionResult:
        region, asked = self._cloudformation, self._asked
        if asked.get("ChangeSetName"):
            found = changeset.find(region, asked["ChangeSetName"], asked.get("StackName"))
            original, processed = found.definition.text, found.processed
        else:
            original, processed = self._definition().text, self._definition().processed
        stages = {"Original": original, "Processed": processed}
        body = stages[asked.get("TemplateStage", "Processed")]
        if body is None:
            raise ValidationError("The Processed template is not available.")
        available = [stage for stage, text in stages.items() if text is not None]
        return self._answer(TemplateBody=body, StagesAvailable=available)

    def get_template_summary(self) -> ActionResult:
        body = self._body()
        metadata = body.get("Metadata")
        return self._answer(
            Parameters=[_declaration(name, node, body) for name, node in declared(body).items()],
            Description=None if body.get("Description") is None else str(body["Description"]),
            Capabilities=_capabilities(body),
            CapabilitiesReason=capabilities.reason(body),
            DeclaredTransforms=list(declared_transforms(body)) or None,
            ResourceTypes=list(dict.fromkeys(capabilities.kinds(body).values())),
            Version=str(body.get("AWSTemplateFormatVersion", "2010-09-09")),
            Metadata=None if metadata is None else json.dumps(metadata),
            ResourceIdentifierSummaries=_identifiers(body),
        )

    def validate_template(self) -> ActionResult:
        body = self._body()
        keep = ("ParameterKey", "DefaultValue", "NoEcho", "Description")
        shown = [_declaration(name, node, body) for name, node in declared(body).items()]
        return self._answer(
            Parameters=[{name: value for name, value in one.items() if name in keep} for one in shown],
            Description=None if body.get("Description") is None else str(body["Description"]),
            Capabilities=_capabilities(body),
            CapabilitiesReason=capabilities.reason(body),
            DeclaredTransforms=list(declared_transforms(body)) or None,
        )

    def describe_type(self) -> ActionResult:
        name = str(self._asked.get("TypeName") or str(self._asked.get("Arn")).rpartition("/")[2].replace("-", "::"))
        known = schema(name)
        if known is None or self._asked.get("Type", "RESOURCE") != "RESOURCE":
            raise CloudFormationError("TypeNotFoundException", f"The type '{name}' cannot be found.")
        changes = "update" in known.handlers
        return self._answer(
            Arn=f"arn:aws:cloudformation:{self.region}::type/resource/{name.replace('::', '-')}",
            Type="RESOURCE",
            TypeName=name,
            IsDefaultVersion=True,
            Description=known.document.get("description"),
            Schema=json.dumps(known.document),
            ProvisioningType=("FULLY_MUTABLE" if changes else "IMMUTABLE") if known.handlers else "NON_PROVISIONABLE",
            DeprecatedStatus="LIVE",
            Visibility="PUBLIC",
            IsActivated=True,
        )

    def describe_account_limits(self) -> ActionResult:
        return self._answer(AccountLimits=[{"Name": name, "Value": value} for name, value in LIMITS.items()])

    def list_exports(self) -> ActionResult:
        rows = [
            {"ExportingStackId": stack.id, "Name": name, "Value": value}
            for name, (value, stack) in sorted(self._cloudformation.exports().items())
        ]
        page, token = self._page(rows)
        return self._answer(Exports=page, NextToken=token)

    def list_imports(self) -> ActionResult:
        name = self._asked["ExportName"]
        if name not in self._cloudformation.exports():
            raise ValidationError(f"Export '{name}' does not exist.")
        users = [stack.name for stack in self._cloudformation.importers(name)]
        if not users:
            raise ValidationError(f"Export '{name}' is not imported by any stack.")
        page, token = self._page(users)
        return self._answer(Imports=page, NextToken=token)

    def _definition(self) -> Definition:
        name = self._asked.get("StackName")
        found = self._cloudformation.stack(name).state.definition
        if found is None:
            raise ValidationError(f"Stack with id {name} does not have a template")
        return found

    def _body(self) -> Mapping[str, Any]:
        """The template asked about: given, or a stack's."""
        region, asked = self._cloudformation, self._asked
        if asked.get("StackName"):
            return load(self._definition().text)
        try:
            body = load(source.template(region, asked))
            if not declared_transforms(body):
                unrecognized(body)
        except TemplateError as error:
            raise ValidationError(error.message) from None
        return body


def _capabilities(body: Mapping[str, Any]) -> list[str] | None:
    """What the template as written needs; what its transforms make may need more."""
    expand = [capabilities.EXPAND] if declared_transforms(body) else []
    return [*capabilities.required(body), *expand] or None


def _declaration(name: str, node: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """A ParameterDeclaration."""
    allowed = node.get("AllowedValues")
    return views.some(
        ParameterKey=name,
        DefaultValue=text(node["Default"]) if "Default" in node else None,
        ParameterType=str(node["Type"]),
        NoEcho=name in no_echo(body),
        Description=str(node["Description"]) if "Description" in node else None,
        ParameterConstraints={"AllowedValues": [text(value) for value in allowed]} if allowed else {},
    )


def _identifiers(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """ResourceIdentifierSummaries: by what each type is identified."""
    names: dict[str, list[str]] = {}
    for name, kind in capabilities.kinds(body).items():
        names.setdefault(kind, []).append(name)
    return [
        {
            "ResourceType": kind,
            "LogicalResourceIds": logical_ids,
            "ResourceIdentifiers": [path.lstrip("/") for path in known.primary_identifier],
        }
        for kind, logical_ids in names.items()
        if (known := schema(kind)) is not None
    ]
