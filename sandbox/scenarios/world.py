"""The healthy world that the others change, and two that need nothing more."""

from collections.abc import Mapping

from sandbox.account import ACCOUNT, REGION
from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage

LIVE, TARGET = "v4.0.0", "v4.1.0"
BACKUP, OLD_BACKUP = "v1.2.1", "v1.2.0"

MAIN, ROLE = "codeocean.template.yaml", "codeocean-least-privileged-role.template.yaml"
MAIN_TEMPLATE, ROLE_TEMPLATE, BACKUP_TEMPLATE = "codeocean", "codeocean-least-privileged-role", "codeocean-backup"

PROTECTED = {
    "DataVolume": f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/{{id}}",
    "AnalyticsDBInstance": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:{{id}}",
}
"""What the deployment's backup plan takes in."""

DEMO_TIMES = {"pace": 0.3, "change_set_delay": 0.4, "drift_delay": 0.6, "health_delay": 1.0}
"""Seconds: long enough to be seen, short enough to be waited for."""


@scenario("healthy", "A deployment at v4.0.0 that may be upgraded to v4.1.0.")
def deployment(
    stage: Stage,
    *,
    live: str = LIVE,
    role: str = TARGET,
    backup: str = BACKUP,
    parameters: Mapping[str, object] | None = None,
    edits: Mapping[str, str] | None = None,
    target_edits: Mapping[str, str] | None = None,
    backed_up: float = 0,
) -> None:
    """Backup stack, role stack and deployment, linked; every template published where the vendor publishes its own.

    Args:
        stage: an empty account.
        live: version of the deployment.
        role: version of the role stack.
        backup: version of the backup stack.
        parameters: of the deployment, beside those that every one has.
        edits: what both published templates say differently.
        target_edits: what the published target says differently.
        backed_up: seconds since the last backup and its copy.
    """
    both, only = edits or {}, target_edits or {}
    addresses = {LIVE: publish(stage, LIVE, both), TARGET: publish(stage, TARGET, {**both, **only})}
    vault = linked(stage, role=role, backup=backup)
    given = {**dns(stage), "pDestinationBackupVaultArn": vault, **(parameters or {})}
    stage.create("codeocean", addresses[live], given)
    stage.back_up("codeocean-v1", PROTECTED, vault, ago=backed_up)
    stage.acknowledge("maintenance_mode", live, TARGET)
    stage.knobs.set(dict(DEMO_TIMES))


@scenario("empty", "An account with nothing in it, where everything happens at once.")
def empty(stage: Stage) -> None:
    """For any client that brings its own templates."""


@scenario("nothing-to-do", "The deployment is at v4.1.0 already.")
def nothing_to_do(stage: Stage) -> None:
    """Target and planned values equal the deployed ones."""
    deployment(stage, live=TARGET)


def publish(stage: Stage, version: str, edits: Mapping[str, str] | None = None) -> str:
    """Publish a version of our own templates and share its images; address of the main one."""
    stage.publish(f"templates/{version}/{ROLE}", stage.template(f"{ROLE_TEMPLATE}-{version}"))
    main = stage.template(f"{MAIN_TEMPLATE}-{version}", edits)
    stage.share_images(main)
    return stage.publish(f"templates/{version}/{MAIN}", main)


def linked(stage: Stage, *, role: str = TARGET, backup: str = BACKUP) -> str:
    """Publish and create the stacks that a deployment leans on; the ARN of the backup vault."""
    for version in (OLD_BACKUP, BACKUP):
        key = f"templates/codeocean-backup/{version}/{BACKUP_TEMPLATE}.template.yaml"
        address = stage.publish(key, stage.template(f"{BACKUP_TEMPLATE}-{version}"))
        if version == backup:
            made = stage.create("codeocean-backup", address, {"pSourceAccountId": stage.account})
    stage.create("codeocean-deploy-role", f"https://codeocean-vpc.s3.amazonaws.com/templates/{role}/{ROLE}")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}
    return str(outputs["BackupVaultArn"])


def dns(stage: Stage) -> dict[str, str]:
    """A hosted zone, and the parameters that name it."""
    zone = stage.client("route53").create_hosted_zone(Name="example.com", CallerReference="plimsoll")
    return {"pDnsRootDomain": "example.com", "pHostedZoneId": zone["HostedZone"]["Id"].removeprefix("/hostedzone/")}
