"""AWS::IAM: roles, policies and instance profiles, each carried to the service in full."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed
from sandbox.providers.shapes import accepted, parsed, text

ROLE_LIMIT = 64
NAME_LIMIT = 128
VERSIONS_KEPT = 4
"""IAM keeps five versions of a managed policy; CloudFormation's handler makes room for the new one."""


def policies(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The inline policies in a role's properties, by name."""
    return {item["PolicyName"]: item["PolicyDocument"] for item in properties.get("Policies", [])}


def _differences(request: Request, name: str) -> tuple[list[str], list[str]]:
    """What a list property gains and loses, in its own order."""
    before, wanted = request.previous.get(name) or [], request.properties.get(name) or []
    return [item for item in wanted if item not in before], [item for item in before if item not in wanted]


class Role:
    """AWS::IAM::Role."""

    drift = True

    def create(self, request: Request) -> Handled:
        iam = request.client("iam")
        name = names.given(request, "RoleName", ROLE_LIMIT)
        values = {**request.properties, "RoleName": name, "Tags": tags.listed(tags.wanted(request))}
        role = iam.create_role(**accepted(iam, "CreateRole", values))["Role"]
        self._put_policies(request, iam, name)
        for arn in request.properties.get("ManagedPolicyArns", []):
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        return Handled(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})

    def update(self, request: Request) -> Handled:
        iam = request.client("iam")
        name = request.physical_id
        if changed(request, "AssumeRolePolicyDocument"):
            document = text(request.properties["AssumeRolePolicyDocument"])
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=document)
        if changed(request, "Description", "MaxSessionDuration"):
            values = accepted(iam, "UpdateRole", request.properties)
            iam.update_role(**{"Description": "", **values, "RoleName": name})
        self._put_policies(request, iam, name)
        self._attach(request, iam, name)
        tags.carry(
            request,
            lambda added: iam.tag_role(RoleName=name, Tags=tags.listed(added)),
            lambda keys: iam.untag_role(RoleName=name, TagKeys=keys),
        )
        role = iam.get_role(RoleName=name)["Role"]
        return Handled(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})

    def delete(self, request: Request) -> None:
        iam = request.client("iam")
        name = request.physical_id
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            if policy in policies(request.properties):
                iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=name)

    def read(self, request: Request) -> Properties:
        iam = request.client("iam")
        name = request.physical_id
        role = iam.get_role(RoleName=name)["Role"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        return {
            **role,
            "Policies": self._live_policies(request, iam, name),
            "ManagedPolicyArns": self._live_attached(request, [item["PolicyArn"] for item in attached]),
            "Tags": role.get("Tags", []),
        }

    @staticmethod
    def _live_policies(request: Request, iam: Any, name: str) -> list[dict[str, Any]]:
        """Inline policies the role itself was given; those of AWS::IAM::Policy are other resources'."""
        mine = policies(request.properties)
        found = [policy for policy in iam.list_role_policies(RoleName=name)["PolicyNames"] if policy in mine]
        documents = (
            (policy, iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]) for policy in found
        )
        return [{"PolicyName": policy, "PolicyDocument": parsed(document)} for policy, document in documents]

    @staticmethod
    def _live_attached(request: Request, attached: list[str]) -> list[str]:
        """AWS's managed policies; the account's own may hang there through AWS::IAM::ManagedPolicy's Roles."""
        mine = request.properties.get("ManagedPolicyArns", [])
        return [arn for arn in attached if arn in mine or arn.startswith("arn:aws:iam::aws:")]

    @staticmethod
    def _put_policies(request: Request, iam: Any, name: str) -> None:
        before, wanted = policies(request.previous), policies(request.properties)
        for policy in before.keys() - wanted.keys():
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy, document in wanted.items():
            if document != before.get(policy):
                iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=text(document))

    @staticmethod
    def _attach(request: Request, iam: Any, name: str) -> None:
        added, removed = _differences(request, "ManagedPolicyArns")
        for arn in removed:
            iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        for arn in added:
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)


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
            added, removed = _differences(request, listing)
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


class InstanceProfile:
    """AWS::IAM::InstanceProfile."""

    drift = True

    def create(self, request: Request) -> Handled:
        iam = request.client("iam")
        name = names.given(request, "InstanceProfileName", NAME_LIMIT)
        values = accepted(iam, "CreateInstanceProfile", {**request.properties, "InstanceProfileName": name})
        profile = iam.create_instance_profile(**values)["InstanceProfile"]
        for role in request.properties.get("Roles", []):
            iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
        return Handled(name, {"Arn": profile["Arn"]})

    def update(self, request: Request) -> Handled:
        iam = request.client("iam")
        name = request.physical_id
        added, removed = _differences(request, "Roles")
        for role in removed:
            iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
        for role in added:
            iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
        return Handled(name, {"Arn": iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Arn"]})

    def delete(self, request: Request) -> None:
        iam = request.client("iam")
        name = request.physical_id
        for role in self._roles(iam, name):
            iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
        iam.delete_instance_profile(InstanceProfileName=name)

    def read(self, request: Request) -> Properties:
        return {"Roles": self._roles(request.client("iam"), request.physical_id)}

    @staticmethod
    def _roles(iam: Any, name: str) -> list[str]:
        profile = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
        return [role["RoleName"] for role in profile["Roles"]]
