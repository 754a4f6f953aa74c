"""A world in which a group launches machines into subnets, for the checks of room."""

from typing import Any

from tests.builders import known, launch, snapshot, template
from upgrade.facts.capacity import InstanceType, Subnet
from upgrade.facts.known import Known
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template

NAME = "Workers"


def group(type_: str = "m7i.large", subnets: tuple[str, ...] = ("subnet-1",), **more: Any) -> Known[Template]:
    """A template with one group of this type in these subnets, and whatever else is given as resources."""
    source = {"LaunchTemplateId": {"Ref": "LT"}}
    properties = {"LaunchTemplate": source, "MinSize": "0", "DesiredCapacity": "1", "VPCZoneIdentifier": list(subnets)}
    data = {"LaunchTemplateData": {"InstanceType": type_}}
    return known(
        template(
            Resources={
                "LT": {"Type": "AWS::EC2::LaunchTemplate", "Properties": data},
                NAME: {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": properties},
                **more,
            }
        )
    )


def world(live: Known[Template], target: Known[Template], free: int = 100, desired: int = 1, **facts: Any) -> Snapshot:
    """Subnets subnet-1 to subnet-6 in zones a to f; of these e offers nothing."""
    zones = [f"us-east-1{letter}" for letter in "abcdef"]
    offered = tuple(zone for zone in zones if zone != "us-east-1e")
    healthy: dict[str, Any] = {
        "template": live,
        "target": target,
        "subnets": known({f"subnet-{n}": Subnet(f"subnet-{n}", zone, free) for n, zone in enumerate(zones, 1)}),
        "instance_types": known(
            {
                "m7i.large": InstanceType("m7i.large", 2, offered),
                "m7i.xlarge": InstanceType("m7i.xlarge", 4, offered),
                "absent.large": InstanceType("absent.large", 0, ()),
            }
        ),
        "launches": known({NAME: launch(desired=desired)}),
    }
    return snapshot(**{**healthy, **facts})
