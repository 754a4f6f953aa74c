"""AWS::IAM: inline policies and managed policies as resources of their own."""

from collections.abc import Iterable
from typing import Any

from sandbox.providers import names
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed
from sandbox.providers.shapes import accepted, parsed, text

NAME_LIMIT = 128
VERSIONS_KEPT = 4
"""IAM keeps five versions of a managed policy; CloudFormation's handler makes room for the new one."""


def differences(request: Request, name: str) -> tuple[list[str], list[str]]:
    """What a list property gains and loses, in its own order."""
    before, wanted = request.previous.get(name) or [], request.properties.get(name) or []
    return [item for item in wanted if item not in before], [item for item in before if item not in wanted]


PRINCIPALS = (("Roles", "Role"), ("Users", "User"), ("Groups", "Group"))
"""Property that lists them, and the word in the API's operation and parameter names."""


def _call(iam: Any, verb: str, kind: str, name: str, **values: Any) -> Any:
    """`put_role_policy(RoleName=name, …)` for any kind of principal."""
    return getattr(iam, f"{verb}_{kind.lower()}_policy")(**{f"{kind}Name": name}, **values)


class Policy:
    """AWS::IAM::Policy: an inline policy put on each of its roles, users and groups."""

    drift = False

    def create(self, request: Request) -> Handled:
        iam = request.client("iam")
        self._put(request, iam)
        return Handled(names.generated(request, NAME_LIMIT), {"Id": names.generated(request, NAME_LIMIT)})

    def update(self, request: Request) -> Handled:
        iam = request.client("iam")
        before = request.previous
        for listing, kind in PRINCIPALS:
            for name in before.get(listing) or []:
                kept = name in (request.properties.get(listing) or [])
                if not kept or before["PolicyName"] != request.properties["PolicyName"]:
                    _call(iam, "delete", kind, name, PolicyName=before["PolicyName"])
        self._put(request, iam)
        return Handled(request.physical_id, {"Id": request.physical_id})

    def delete(self, request: Request) -> None:
        iam = request.client("iam")
        for listing, kind in PRINCIPALS:
            for name in request.properties.get(listing) or []:
                _call(iam, "delete", kind, name, PolicyName=request.properties["PolicyName"])

    def read(self, request: Request) -> Properties:
        iam = request.client("iam")
        policy = request.properties["PolicyName"]
        for listing, kind in PRINCIPALS:
            for name in request.properties.get(listing) or []:
                found = _call(iam, "get", kind, name, PolicyName=policy)
                return {"PolicyDocument": parsed(found["PolicyDocument"])}
        return {}

    @staticmethod
    def _put(request: Request, iam: Any) -> None:
        policy = {
            "PolicyName": request.properties["PolicyName"],
            "PolicyDocument": text(request.properties["PolicyDocument"]),
        }
        for listing, kind in PRINCIPALS:
            for name in request.properties.get(listing) or []:
                _call(iam, "put", kind, name, **policy)


class ManagedPolicy:
    """AWS::IAM::ManagedPolicy; Ref is the ARN."""

    drift = True

    def create(self, request: Request) -> Handled:
        iam = request.client("iam")
        values = {**request.properties, "PolicyName": names.given(request, "ManagedPolicyName", NAME_LIMIT)}
        policy = iam.create_policy(**accepted(iam, "CreatePolicy", values))["Policy"]
        for listing, kind in PRINCIPALS:
            self._each(iam, "attach", kind, request.properties.get(listing) or [], policy["Arn"])
        return Handled(policy["Arn"], {**policy, "PolicyArn": policy["Arn"]})

    def update(self, request: Request) -> Handled:
        iam = request.client("iam")
        arn = request.physical_id
        if changed(request, "PolicyDocument"):
            self._make_room(iam, arn)
            document = text(request.properties["PolicyDocument"])
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
        for listing, kind in PRINCIPALS:
            added, removed = differences(request, listing)
            self._each(iam, "detach", kind, removed, arn)
            self._each(iam, "attach", kind, added, arn)
        policy = iam.get_policy(PolicyArn=arn)["Policy"]
        return Handled(arn, {**policy, "PolicyArn": arn})

    def delete(self, request: Request) -> None:
        iam = request.client("iam")
        arn = request.physical_id
        found = iam.list_entities_for_policy(PolicyArn=arn)
        for _, kind in PRINCIPALS:
            self._each(iam, "detach", kind, [item[f"{kind}Name"] for item in found[f"Policy{kind}s"]], arn)
        for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        iam.delete_policy(PolicyArn=arn)

    def read(self, request: Request) -> Properties:
        iam = request.client("iam")
        arn = request.physical_id
        policy = iam.get_policy(PolicyArn=arn)["Policy"]
        version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        entities = iam.list_entities_for_policy(PolicyArn=arn)
        principals = {
            listing: [item[f"{kind}Name"] for item in entities[f"Policy{kind}s"]] for listing, kind in PRINCIPALS
        }
        return {**policy, "PolicyDocument": parsed(version["Document"]), **principals}

    @staticmethod
    def _each(iam: Any, verb: str, kind: str, principals: Iterable[str], arn: str) -> None:
        for name in principals:
            _call(iam, verb, kind, name, PolicyArn=arn)

    @staticmethod
    def _make_room(iam: Any, arn: str) -> None:
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        spare = sorted((item for item in versions if not item["IsDefaultVersion"]), key=lambda item: item["CreateDate"])
        for version in spare[: max(0, len(versions) - VERSIONS_KEPT)]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
