"""AWS::KMS: key and alias."""

from typing import Any

from sandbox.providers import tags
from sandbox.providers.base import Gone, Handled, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.shapes import accepted, parsed, text

POLICY = "default"
"""The name of a key's only policy."""


class Key:
    """AWS::KMS::Key."""

    drift = True

    def create(self, request: Request) -> Handled:
        kms = request.client("kms")
        found = tags.listed(tags.without_system(tags.wanted(request)), "TagKey", "TagValue")
        values = {**request.properties, "Tags": found, "Policy": request.properties.get("KeyPolicy")}
        key = kms.create_key(**accepted(kms, "CreateKey", values))["KeyMetadata"]
        self._switch(request, kms, key["KeyId"])
        return Handled(key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]})

    def update(self, request: Request) -> Handled:
        kms = request.client("kms")
        key_id = request.physical_id
        if changed(request, "KeyPolicy") and "KeyPolicy" in request.properties:
            kms.put_key_policy(KeyId=key_id, PolicyName=POLICY, Policy=text(request.properties["KeyPolicy"]))
        if changed(request, "Description"):
            kms.update_key_description(KeyId=key_id, Description=request.properties.get("Description", ""))
        self._switch(request, kms, key_id)
        tags.carry(
            request,
            lambda added: kms.tag_resource(
                KeyId=key_id, Tags=tags.listed(tags.without_system(added), "TagKey", "TagValue")
            ),
            lambda keys: kms.untag_resource(KeyId=key_id, TagKeys=keys),
        )
        key = self._describe(request)
        return Handled(key_id, {"Arn": key["Arn"], "KeyId": key["KeyId"]})

    def delete(self, request: Request) -> None:
        self._describe(request)
        days = int(request.properties.get("PendingWindowInDays", 30))
        request.client("kms").schedule_key_deletion(KeyId=request.physical_id, PendingWindowInDays=days)

    def read(self, request: Request) -> Properties:
        kms = request.client("kms")
        key_id = request.physical_id
        found = kms.list_resource_tags(KeyId=key_id).get("Tags", [])
        return {
            **self._describe(request),
            "KeyPolicy": parsed(kms.get_key_policy(KeyId=key_id, PolicyName=POLICY)["Policy"]),
            "EnableKeyRotation": kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"],
            "Tags": found,
        }

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        key: dict[str, Any] = request.client("kms").describe_key(KeyId=request.physical_id)["KeyMetadata"]
        if key["KeyState"] == "PendingDeletion":
            raise Gone
        return key

    @staticmethod
    def _switch(request: Request, kms: Any, key_id: str) -> None:
        for name, on, off in (
            ("EnableKeyRotation", kms.enable_key_rotation, kms.disable_key_rotation),
            ("Enabled", kms.enable_key, kms.disable_key),
        ):
            if changed(request, name):
                wanted = text(request.properties.get(name, name == "Enabled")) == "true"
                (on if wanted else off)(KeyId=key_id)


class Alias:
    """AWS::KMS::Alias."""

    drift = True

    def create(self, request: Request) -> Handled:
        kms = request.client("kms")
        kms.create_alias(**accepted(kms, "CreateAlias", request.properties))
        return Handled(request.properties["AliasName"], {})

    def update(self, request: Request) -> Handled:
        kms = request.client("kms")
        kms.update_alias(**accepted(kms, "UpdateAlias", request.properties))
        return Handled(request.physical_id, {})

    def delete(self, request: Request) -> None:
        request.client("kms").delete_alias(AliasName=request.physical_id)

    def read(self, request: Request) -> Properties:
        kms = request.client("kms")
        pages = kms.get_paginator("list_aliases").paginate()
        found = only([item for page in pages for item in page["Aliases"] if item["AliasName"] == request.physical_id])
        key_id = str(found.get("TargetKeyId", ""))
        wanted = str(request.properties["TargetKeyId"])
        return {**found, "TargetKeyId": wanted if wanted.endswith(key_id) and key_id else key_id}
