"""Evidence that is kept where more than one machine finds it, and sealed by a key that no machine has."""

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import deployment

BUCKET = "plimsoll-archive"


@scenario("archived", "Evidence is archived in a bucket: a run that was killed can be taken up from any machine.")
def archived(stage: Stage) -> None:
    """Otherwise everything is as it should be; Ada may approve plans, and nothing asks for it."""
    deployment(stage)
    stage.client("s3").create_bucket(Bucket=BUCKET)
    stage.configure("stacks.demo.evidence", archive=f"s3://{BUCKET}/evidence")
    stage.add_approver("Ada Approver", "ada")


@scenario("kms-sealed", "Evidence is sealed by a key in KMS, which no machine can read.")
def kms_sealed(stage: Stage) -> None:
    """Otherwise everything is as it should be."""
    deployment(stage)
    made = stage.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Description="seals evidence")
    stage.configure("stacks.demo.evidence", signing_key=None, kms_key_id=made["KeyMetadata"]["Arn"])
