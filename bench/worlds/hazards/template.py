"""The target's template and parameters against those deployed."""

from bench.worlds import blocks, warns
from bench.worlds.hands import EXPORT, SSM_VALUE, TIER, importer, install, own_image, target, target_text, update
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import LIVE


@blocks("The target is another product's.", "version", scenario="target-other-product")
def another_product(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The target is not the file that was pinned.", "sha256")
def target_exchanged(stage: Stage) -> None:
    stage.configure("stacks.demo", template_sha256="0" * 64)


@blocks("The target is older than what is deployed.", "v4.0.0", scenario="nothing-to-do")
def downgrade(stage: Stage) -> None:
    stage.configure("stacks.demo", target=LIVE)


@warns("The target has an error that the deployed template does not have.", "gp9")
def new_lint_error(stage: Stage) -> None:
    target(stage, {"VolumeSize: 40, VolumeType: gp3": "VolumeSize: 40, VolumeType: gp9"})


@blocks("The target has more parameters than a template may have.", "200")
def too_many_parameters(stage: Stage) -> None:
    more = "".join(f"  pMore{number}:\n    Type: String\n    Default: x\n" for number in range(190))
    target(stage, {"\nMappings:\n": f"\n{more}\nMappings:\n"})


@blocks("The target accepts the deployed instance type no longer.", "m7i.large", scenario="parameter-rejected")
def parameter_no_longer_accepted(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The target asks for something new.", "pAlarmsName", scenario="new-required-parameter")
def parameter_missing(stage: Stage) -> None:
    """As the scenario says."""


@blocks(
    "The configuration sets a parameter that the target lacks.", "pRdsAlocatedStorage", scenario="parameter-unknown"
)
def parameter_mistyped(stage: Stage) -> None:
    """As the scenario says."""


@warns("The target has another default; the stack keeps the old value.", "pWorkersAsgMaxSize", "20")
def default_changed(stage: Stage) -> None:
    target(stage, {"  pWorkersAsgMaxSize:\n    Type: Number\n    Default: 10\n": _WORKERS})


_WORKERS = "  pWorkersAsgMaxSize:\n    Type: Number\n    Default: 20\n"


@warns("The target lacks a parameter that the stack has set.", "pBackupRetentionPeriod", "30")
def parameter_removed(stage: Stage) -> None:
    update(stage, {"pBackupRetentionPeriod": 30})
    declared = "  pBackupRetentionPeriod:\n    Type: Number\n    Default: 14\n    MinValue: 1\n"
    target(stage, {declared: "", "DeleteAfterDays: !Ref pBackupRetentionPeriod": "DeleteAfterDays: 14"})


@blocks("The planned values break a rule of the template.", "availability zones must differ")
def rule_violated(stage: Stage) -> None:
    stage.configure("stacks.demo.parameters", pNewVpcAvailabilityZone2="us-east-1a")


@blocks("What the target needs is not granted.", "CAPABILITY_IAM")
def capability_missing(stage: Stage) -> None:
    stage.configure("stacks.demo", capabilities=[])


@blocks("The target drops an export that another stack imports.", "codeocean-results-bucket", "reporting")
def export_dropped(stage: Stage) -> None:
    install(stage, EXPORT)
    importer(stage)
    target(stage, {})


@blocks("The target's images are not shared with the account.", "ami-0d94e17b3c5a80f26", scenario="image-not-shared")
def image_withheld(stage: Stage) -> None:
    """As the scenario says."""


@blocks("A custom image is in use; nobody has said that it fits the target.", "pCustomAmi", "custom_images")
def custom_image_unstated(stage: Stage) -> None:
    update(stage, {"pCustomAmi": own_image(stage)})


@blocks("The target no longer retains a bucket.", "S3ResultsBucket", "DeletionPolicy")
def deletion_policy_lost(stage: Stage) -> None:
    kept = "  S3ResultsBucket:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: Retain\n"
    target(stage, {kept: kept.replace("    DeletionPolicy: Retain\n", "")})


@blocks("The target gives the file system another name, which makes a new one.", "DatasetsEfs")
def stateful_renamed(stage: Stage) -> None:
    target_text(stage, "DatasetsEfs", "DatasetsFileSystem")


@blocks("In the target the cache depends on a condition that is false.", "RedisReplicationGroup")
def stateful_under_a_false_condition(stage: Stage) -> None:
    kind = "    Type: AWS::ElastiCache::ReplicationGroup\n"
    target(stage, {kind: f"{kind}    Condition: cInternalDeployment\n"})


@warns("A value in Parameter Store has moved since the last update.", TIER)
def ssm_value_moved(stage: Stage) -> None:
    ssm = stage.client("ssm")
    ssm.put_parameter(Name=TIER, Value="gold", Type="String")
    install(stage, SSM_VALUE)
    ssm.put_parameter(Name=TIER, Value="silver", Type="String", Overwrite=True)


@warns("A secret was changed since the last update, and what the plan touches takes it.", "redis/auth-token")
def secret_changed(stage: Stage) -> None:
    stage.client("secretsmanager").put_secret_value(SecretId=stage.physical_id("RedisAuthToken"), SecretString="x" * 32)
    target(stage, {"      NumCacheClusters: 2\n": "      NumCacheClusters: 3\n"})
