"""The configuration or the target is not what it should be."""

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import BACKUP, BACKUP_TEMPLATE, MAIN, MAIN_TEMPLATE, TARGET, deployment

TARGET_KEY = f"templates/{TARGET}/{MAIN}"

BOMB = "\n".join(
    [
        "Metadata:",
        "  CodeOcean::VersionInfo: {Version: v4.1.0}",
        "  a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]",
        *(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)),
        "Resources:",
        "  Topic: {Type: AWS::SNS::Topic, Metadata: {laughs: *a9}}",
    ]
)
"""A thousand million laughs once its aliases are followed."""

HTML = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Sign in to go on.</p></body></html>\n"

DATABASE_KEY = {
    "StorageEncrypted: true\n": "StorageEncrypted: true\n      KmsKeyId: !GetAtt BackupKMSKey.Arn\n",
}

ANOTHER_CERTIFICATE = {
    '[!Sub "*.${pDnsName}.${pDnsRootDomain}"]': '[!Sub "*.${pDnsName}.${pDnsRootDomain}", !Ref pDnsRootDomain]',
    "      ValidationMethod: DNS\n": "      ValidationMethod: EMAIL\n",
}

ANOTHER_TYPE = {
    "    Default: m7i.large\n    AllowedValues: [m7i.large, m7i.xlarge, m7i.2xlarge]\n": (
        "    Default: m7i.xlarge\n    AllowedValues: [m7i.xlarge, m7i.2xlarge]\n"
    ),
}

ANOTHER_PARAMETER = {
    "  pDestinationBackupVaultArn:\n    Type: String\n": (
        "  pAlarmsName:\n    Type: String\n  pDestinationBackupVaultArn:\n    Type: String\n"
    ),
    "    Type: AWS::SNS::Topic\n": (
        "    Type: AWS::SNS::Topic\n    Properties:\n      DisplayName: !Ref pAlarmsName\n"
    ),
}


@scenario("database-replaced", "The target encrypts the database with another key, which replaces it.")
def database_replaced(stage: Stage) -> None:
    """KmsKeyId can't be changed in place."""
    deployment(stage, target_edits=DATABASE_KEY)


@scenario("certificate-waits", "The target makes a new certificate, which is issued when somebody answers an e-mail.")
def certificate_waits(stage: Stage) -> None:
    """Another name replaces a certificate."""
    deployment(stage, target_edits=ANOTHER_CERTIFICATE)


@scenario("wrong-account", "The configuration is for another account than the credentials.")
def wrong_account(stage: Stage) -> None:
    """The sandbox's account is 111122223333."""
    deployment(stage)
    stage.configure("defaults", account_id="999988887777")


@scenario("stack-absent", "The configured stack does not exist.")
def stack_absent(stage: Stage) -> None:
    """A mistyped name, or the wrong region."""
    deployment(stage)
    stage.configure("stacks.demo", stack_name="codeocean-production")


@scenario("parameter-unknown", "The configuration sets a parameter the target does not have.")
def parameter_unknown(stage: Stage) -> None:
    """A mistyped name."""
    deployment(stage)
    stage.configure("stacks.demo.parameters", pRdsAlocatedStorage=40)


@scenario("target-missing", "The target version is published nowhere.")
def target_missing(stage: Stage) -> None:
    """A mistyped version."""
    deployment(stage)
    stage.configure("stacks.demo", target="v4.9.0")


@scenario("target-denied", "The target's address may not be read.")
def target_denied(stage: Stage) -> None:
    """Neither with credentials nor without."""
    deployment(stage)
    stage.knobs.set({"api": [{"service": "s3", "action": "*Object", "kind": "denied"}]})


@scenario("target-html", "The target's address leads to a web page.")
def target_html(stage: Stage) -> None:
    """A sign-in page, say."""
    deployment(stage)
    stage.publish(TARGET_KEY, HTML, "text/html")


@scenario("target-too-big", "The target is larger than a template may be.")
def target_too_big(stage: Stage) -> None:
    """1,000,000 bytes is the limit."""
    deployment(stage)
    stage.publish(TARGET_KEY, stage.template(f"{MAIN_TEMPLATE}-{TARGET}") + "# and so on\n" * 90_000)


@scenario("target-bomb", "The target's YAML aliases unfold to a thousand million words.")
def target_bomb(stage: Stage) -> None:
    """Billion laughs."""
    deployment(stage)
    stage.publish(TARGET_KEY, BOMB)


@scenario("target-other-product", "The target's address leads to the template of the backup stack.")
def target_other_product(stage: Stage) -> None:
    """A mistyped address."""
    deployment(stage)
    stage.publish(TARGET_KEY, stage.template(f"{BACKUP_TEMPLATE}-{BACKUP}"))


@scenario("image-not-shared", "The target's images are not shared with the account.")
def image_not_shared(stage: Stage) -> None:
    """Worker and services groups can't be updated, and CloudFormation rolls back."""
    deployment(stage)
    stage.withdraw_images(stage.template(f"{MAIN_TEMPLATE}-{TARGET}"))


@scenario("parameter-rejected", "The target no longer accepts the instance type of the live services machine.")
def parameter_rejected(stage: Stage) -> None:
    """A value that is kept is held against the target's AllowedValues."""
    deployment(stage, target_edits=ANOTHER_TYPE)


@scenario("new-required-parameter", "The target has a new parameter without default, and nobody configured it.")
def new_required_parameter(stage: Stage) -> None:
    """The alarms' topic is to have a name."""
    deployment(stage, target_edits=ANOTHER_PARAMETER)


@scenario("approval-missing", "The configuration asks for an approval, and there is none.")
def approval_missing(stage: Stage) -> None:
    """Ada's key is `ada.pem`, beside the configuration."""
    deployment(stage)
    stage.configure("stacks.demo.change", require_approvals=1)
    stage.add_approver("Ada Approver", "ada")
