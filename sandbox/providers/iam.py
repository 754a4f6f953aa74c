"""AWS::IAM: roles with their inline and attached policies, and instance profiles."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed
from sandbox.providers.iam_policies import NAME_LIMIT, differences
from sandbox.providers.shapes import accepted, parsed, text

ROLE_LIMIT = 64


def policies(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The inline policies in a role's properties, by name."""
    return {item["PolicyName"]: item["PolicyDocument"] for item in properties.get("Policies", [])}


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
        added, removed = differences(request, "ManagedPolicyArns")
        for arn in removed:
            iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        for arn in added:
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)


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
        added, removed = differences(request, "Roles")
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
