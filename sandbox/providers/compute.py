"""AWS::EC2: volume and instance."""

from typing import Any

from sandbox.providers import tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.network import carry_tags
from sandbox.providers.shapes import accepted


class Volume:
    """AWS::EC2::Volume."""

    drift = True
    modifiable = ("Size", "VolumeType", "Iops", "Throughput", "MultiAttachEnabled")

    def create(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        values = accepted(ec2, "CreateVolume", request.properties)
        volume = ec2.create_volume(**values, TagSpecifications=tags.specifications(request, "volume"))
        return Handled(volume["VolumeId"], {"VolumeId": volume["VolumeId"]})

    def update(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        differing = {
            name: request.properties[name]
            for name in self.modifiable
            if name in request.properties and changed(request, name)
        }
        if differing:
            ec2.modify_volume(**accepted(ec2, "ModifyVolume", differing), VolumeId=request.physical_id)
        carry_tags(request, ec2)
        return Handled(request.physical_id, {"VolumeId": request.physical_id})

    def delete(self, request: Request) -> None:
        request.client("ec2").delete_volume(VolumeId=request.physical_id)

    def read(self, request: Request) -> Properties:
        ec2 = request.client("ec2")
        return {"Tags": [], **only(ec2.describe_volumes(VolumeIds=[request.physical_id])["Volumes"])}


class Instance:
    """AWS::EC2::Instance."""

    drift = True

    def create(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        values = {**request.properties, "MinCount": 1, "MaxCount": 1}
        values.setdefault("InstanceType", "m1.small")
        specifications = tags.specifications(request, "instance")
        made = ec2.run_instances(**accepted(ec2, "RunInstances", values), TagSpecifications=specifications)
        return self._handled(only(made["Instances"]))

    def update(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        if changed(request, "InstanceType"):
            self._resize(request, ec2)
        carry_tags(request, ec2)
        return self._handled(self._describe(request))

    def delete(self, request: Request) -> None:
        request.client("ec2").terminate_instances(InstanceIds=[request.physical_id])

    def read(self, request: Request) -> Properties:
        instance = self._describe(request)
        groups = [group["GroupId"] for group in instance.get("SecurityGroups", [])]
        profile = instance.get("IamInstanceProfile", {}).get("Arn", "").rsplit("/", 1)[-1] or None
        shown = {name: value for name, value in instance.items() if name not in {"BlockDeviceMappings", "Monitoring"}}
        return {"Tags": [], **shown, "SecurityGroupIds": groups, "IamInstanceProfile": profile}

    @staticmethod
    def _resize(request: Request, ec2: Any) -> None:
        """An instance changes its type while it is stopped."""
        ids = [request.physical_id]
        ec2.stop_instances(InstanceIds=ids)
        value = {"Value": request.properties["InstanceType"]}
        ec2.modify_instance_attribute(InstanceId=request.physical_id, InstanceType=value)
        ec2.start_instances(InstanceIds=ids)

    @staticmethod
    def _handled(instance: dict[str, Any]) -> Handled:
        placement = instance["Placement"]
        renamed = {
            "PrivateIp": instance.get("PrivateIpAddress", ""),
            "PublicIp": instance.get("PublicIpAddress", ""),
            "AvailabilityZone": placement["AvailabilityZone"],
        }
        return Handled(instance["InstanceId"], {**instance, **renamed})

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        ec2 = request.client("ec2")
        reservations = ec2.describe_instances(InstanceIds=[request.physical_id])["Reservations"]
        instance: dict[str, Any] = only(only(reservations)["Instances"])
        return only([instance] if instance["State"]["Name"] != "terminated" else [])
