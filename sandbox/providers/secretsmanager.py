"""AWS::SecretsManager::Secret: its value is generated once and stays through updates."""

import json
from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Gone, Handled, Properties, Request
from sandbox.providers.guarded import changed
from sandbox.providers.shapes import accepted, text


class Secret:
    """AWS::SecretsManager::Secret; Ref is the ARN."""

    drift = True

    def create(self, request: Request) -> Handled:
        manager = request.client("secretsmanager")
        values = {
            **request.properties,
            "Name": names.given(request, "Name", 512),
            "SecretString": _value(request, manager),
            "Tags": tags.listed(tags.wanted(request)),
        }
        arn = manager.create_secret(**accepted(manager, "CreateSecret", values))["ARN"]
        return Handled(arn, {"Id": arn})

    def update(self, request: Request) -> Handled:
        manager = request.client("secretsmanager")
        arn = request.physical_id
        values = {"Description": "", **request.properties}
        if changed(request, "GenerateSecretString", "SecretString"):
            values["SecretString"] = _value(request, manager)
        else:
            values.pop("SecretString", None)
        manager.update_secret(**accepted(manager, "UpdateSecret", values), SecretId=arn)
        tags.carry(
            request,
            lambda added: manager.tag_resource(SecretId=arn, Tags=tags.listed(added)),
            lambda keys: manager.untag_resource(SecretId=arn, TagKeys=keys),
        )
        return Handled(arn, {"Id": arn})

    def delete(self, request: Request) -> None:
        manager = request.client("secretsmanager")
        manager.delete_secret(SecretId=request.physical_id, ForceDeleteWithoutRecovery=True)

    def read(self, request: Request) -> Properties:
        found: dict[str, Any] = request.client("secretsmanager").describe_secret(SecretId=request.physical_id)
        if found.get("DeletedDate"):
            raise Gone
        return {"Description": None, "KmsKeyId": None, "Tags": [], **found}


def _value(request: Request, manager: Any) -> str | None:
    """The secret's text: given, generated, or generated into a JSON template."""
    recipe = request.properties.get("GenerateSecretString")
    if recipe is None:
        given = request.properties.get("SecretString")
        return None if given is None else text(given)
    password = manager.get_random_password(**accepted(manager, "GetRandomPassword", recipe))["RandomPassword"]
    if "GenerateStringKey" not in recipe:
        return str(password)
    return json.dumps({**json.loads(recipe.get("SecretStringTemplate", "{}")), recipe["GenerateStringKey"]: password})
