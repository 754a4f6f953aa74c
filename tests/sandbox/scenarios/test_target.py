from collections.abc import Callable
from http.client import HTTPConnection

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from sandbox.template.load import load
from tests.sandbox.outside import refused
from tests.sandbox.scenarios.told import BUCKET, TARGET, Told, upgraded


def test_image_not_shared(told: Callable[[str], Told]) -> None:
    world = told("image-not-shared")
    live, target = world.images()
    describe = world.aws.client("ec2").describe_images

    assert describe(ImageIds=[live])["Images"][0]["State"] == "available"
    assert refused(describe, ImageIds=[target]) == (
        "InvalidAMIID.NotFound",
        f"The image id '[{target}]' does not exist",
    )
    assert upgraded(world) == "UPDATE_ROLLBACK_COMPLETE"
    events = world.aws.client("cloudformation").describe_stack_events(StackName="codeocean")["StackEvents"]
    reason = next(event["ResourceStatusReason"] for event in events if target in event.get("ResourceStatusReason", ""))
    words = f"You must use a valid fully-formed launch template. The image id '[{target}]' does not exist"
    assert f"{words} (Service: AutoScaling, Status Code: 400, Request ID: " in reason
    assert describe(ImageIds=[live])["Images"][0]["State"] == "available"


def change_set(world: Told, **values: str) -> tuple[str, str]:
    """How CreateChangeSet refuses the update to the target."""
    return refused(
        world.aws.client("cloudformation").create_change_set,
        StackName="codeocean",
        ChangeSetName="planned",
        TemplateURL=f"https://{BUCKET}.s3.amazonaws.com/{TARGET}",
        Parameters=world.planned(**values),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )


def test_parameter_rejected(told: Callable[[str], Told]) -> None:
    world = told("parameter-rejected")

    assert world.parameters()["pServicesInstanceType"] == "m7i.large"
    assert change_set(world) == (
        "ValidationError",
        "Parameter 'pServicesInstanceType' must be one of AllowedValues",
    )
    assert world.upgrade("demo", TARGET, pServicesInstanceType="m7i.xlarge") == "UPDATE_COMPLETE"


def test_new_required_parameter(told: Callable[[str], Told]) -> None:
    world = told("new-required-parameter")

    assert "pAlarmsName" not in world.demo["parameters"]
    assert change_set(world) == ("ValidationError", "Parameters: [pAlarmsName] must have values")
    assert world.upgrade("demo", TARGET, pAlarmsName="Alarms") == "UPDATE_COMPLETE"


def test_approval_missing(told: Callable[[str], Told]) -> None:
    world = told("approval-missing")
    change = world.demo["change"]
    private = world.folder / "ada.pem"
    signing = load_pem_private_key(private.read_bytes(), password=None)
    checking = load_pem_public_key((world.folder / change["approvers"]["Ada Approver"]).read_bytes())

    assert change == {"require_approvals": 1, "approvers": {"Ada Approver": "ada.pub.pem"}}
    assert private.stat().st_mode & 0o777 == 0o600
    assert isinstance(signing, EllipticCurvePrivateKey)
    assert isinstance(checking, EllipticCurvePublicKey)
    assert checking.curve.name == "secp256r1"
    checking.verify(signing.sign(b"this plan", ECDSA(SHA256())), b"this plan", ECDSA(SHA256()))


def test_certificate_waits(told: Callable[[str], Told]) -> None:
    found = told("certificate-waits")
    live = str(found.aws.client("cloudformation").get_template(StackName="codeocean")["TemplateBody"])
    assert b"ValidationMethod: EMAIL" in found.target()
    assert "ValidationMethod: EMAIL" not in live


def test_target_denied(told: Callable[[str], Told]) -> None:
    with pytest.raises(ClientError, match="Access Denied"):
        told("target-denied").target()


def test_target_missing(told: Callable[[str], Told]) -> None:
    world = told("target-missing")
    with pytest.raises(ClientError) as caught:
        world.aws.client("s3").get_object(Bucket=BUCKET, Key=TARGET.replace("v4.1.0", world.demo["target"]))

    assert caught.value.response["Error"]["Code"] == "NoSuchKey"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("target-html", b"<!DOCTYPE html>"),
        ("target-bomb", b"[*a8, *a8"),
        ("target-other-product", b"Version: v1.2.1"),
        ("database-replaced", b"KmsKeyId: !GetAtt BackupKMSKey.Arn"),
    ],
)
def test_another_target_is_published(told: Callable[[str], Told], name: str, words: bytes) -> None:
    assert words in told(name).target()


def test_target_too_big(told: Callable[[str], Told]) -> None:
    assert len(told("target-too-big").target()) > 1_000_000


def test_the_target_can_be_read_without_credentials(told: Callable[[str], Told]) -> None:
    connection = HTTPConnection(told("healthy").aws.url.removeprefix("http://"))
    connection.request("GET", f"/{BUCKET}/{TARGET}")
    answer = connection.getresponse()

    assert answer.status == 200
    assert b"Version: v4.1.0" in answer.read()


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("stack-absent", "stack_name", "codeocean-production"),
        ("timeout", "minutes", 0.05),
    ],
)
def test_the_configuration_differs(told: Callable[[str], Told], name: str, key: str, value: object) -> None:
    assert told(name).demo[key] == value


def test_parameter_unknown(told: Callable[[str], Told]) -> None:
    world = told("parameter-unknown")

    assert world.demo["parameters"]["pRdsAlocatedStorage"] == 40
    assert "pRdsAlocatedStorage" not in load(world.target().decode())["Parameters"]


def test_wrong_account(told: Callable[[str], Told]) -> None:
    world = told("wrong-account")

    assert world.aws.client("sts").get_caller_identity()["Account"] != world.configuration["defaults"]["account_id"]
