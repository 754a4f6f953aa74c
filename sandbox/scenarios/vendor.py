"""The vendor's real templates, read from where the user has them; they are no part of this project."""

import os
from pathlib import Path

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import SANDBOX, Stage
from sandbox.scenarios.world import DEMO_TIMES, MAIN, PROTECTED, ROLE, ROLE_TEMPLATE, TARGET, dns, linked

FOLDER = "PLIMSOLL_VENDOR_TEMPLATES"
VENDOR_LIVE, VENDOR_TARGET = "v3.7.0", "v3.8.2"


@scenario("vendor", "The vendor's real templates v3.7.0 and v3.8.2, in a new VPC with two zones.")
def vendor(stage: Stage) -> None:
    """292 resources become 293, most of which stand under a condition."""
    address = _publish(stage)
    linked(stage, role=VENDOR_TARGET)
    stage.create(
        "codeocean",
        address,
        {
            **dns(stage),
            **_roles(stage),
            "pNewVpcAvailabilityZone1": "us-east-1a",
            "pNewVpcAvailabilityZone2": "us-east-1b",
        },
    )
    stage.back_up("codeocean-v1", PROTECTED)
    _configure(stage)
    stage.configure("stacks.demo", backup=None)


@scenario("vendor-internal", "The vendor's templates in an existing VPC, internal, own certificate, with backup link.")
def vendor_internal(stage: Stage) -> None:
    """Other branches of the conditions."""
    address = _publish(stage)
    vault = linked(stage, role=VENDOR_TARGET)
    certificate = stage.client("acm").request_certificate(DomainName="codeocean.example.com", ValidationMethod="DNS")
    stage.create(
        "codeocean",
        address,
        {
            **dns(stage),
            **_roles(stage),
            **_network(stage),
            "pDeploymentType": "internal",
            "pCertificateArn": certificate["CertificateArn"],
            "pDestinationBackupVaultArn": vault,
        },
    )
    stage.back_up("codeocean-v1", PROTECTED, vault)
    _configure(stage)
    stage.configure("stacks.demo.health", from_here=False)


def templates() -> Path:
    """The folder of the vendor's templates."""
    return Path(os.environ.get(FOLDER) or SANDBOX.parent.parent / "shared" / "vendor")


def _publish(stage: Stage) -> str:
    """Publish the vendor's templates, share their images, and our role template under its versions; the live address.

    Raises:
        FileNotFoundError: the vendor's templates are not there, with what to set.
    """
    folder = templates()
    for version in (VENDOR_LIVE, VENDOR_TARGET):
        path = folder / f"codeocean-{version}.template.yaml"
        if not path.is_file():
            raise FileNotFoundError(f"no {path}: name the folder of the vendor's templates, {FOLDER}=PATH")
        main = path.read_text(encoding="utf-8")
        stage.share_images(main)
        stage.publish(f"templates/{version}/{MAIN}", main)
        role = stage.template(f"{ROLE_TEMPLATE}-{TARGET}", {f"Version: {TARGET}": f"Version: {version}"})
        stage.publish(f"templates/{version}/{ROLE}", role)
    return f"https://codeocean-vpc.s3.amazonaws.com/templates/{VENDOR_LIVE}/{MAIN}"


def _network(stage: Stage) -> dict[str, str]:
    """A VPC that somebody made by hand, and the parameters that name it."""
    ec2 = stage.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    parameters = {"pVpcId": vpc}
    for number, zone in enumerate(("us-east-1a", "us-east-1b"), start=1):
        parameters[f"pAvailabilityZone{number}"] = zone
        for offset, kind in ((0, "Private"), (8, "Public")):
            block = f"10.20.{(number + offset) * 16}.0/20"
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)
            parameters[f"p{kind}Subnet{number}Id"] = subnet["Subnet"]["SubnetId"]
    return parameters


def _roles(stage: Stage) -> dict[str, str]:
    """Roles that users' computations may assume: v3.8.2 makes one more policy for them."""
    return {"pAssumableRoles": f"arn:aws:iam::{stage.account}:role/analysts"}


def _configure(stage: Stage) -> None:
    stage.configure("stacks.demo", target=VENDOR_TARGET)
    # New in v3.8.2, and the other resource it adds: a registry of one's own, and the policy to log in there.
    secret = stage.client("secretsmanager").create_secret(Name="registry", SecretString="{}")["ARN"]
    stage.configure(
        "stacks.demo.parameters",
        pCustomUpstreamDockerRegistryEndpoint="registry.example.com/codeocean",
        pCustomUpstreamDockerRegistrySecret=secret,
    )
    stage.configure("stacks.demo-role", target=VENDOR_TARGET)
    stage.acknowledge("maintenance_mode", VENDOR_LIVE, VENDOR_TARGET)
    stage.knobs.set(dict(DEMO_TIMES))
