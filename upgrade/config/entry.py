"""One entry of `stacks.toml`: a stack and what is wanted of it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Annotated

from pydantic import Field, PlainValidator, model_validator

from upgrade.config import schemas
from upgrade.config.tables import (
    AccountId,
    Acknowledged,
    AlarmArn,
    BackupPolicy,
    Change,
    Checks,
    Evidence,
    Expected,
    ExpectedDrift,
    Flag,
    Health,
    Minutes,
    Polling,
    Region,
    RoleArn,
    S3Prefix,
    Sha256,
    Strings,
    Table,
    Text,
    Waiver,
)
from upgrade.config.values import Backup, DeployRole, Given, Parameter, as_backup, as_deploy_role, as_parameter


class StackEntry(Table):
    """`[stacks.X]`: one stack and what is wanted of it."""

    name: Text
    """The X; not a key of the file."""
    product: Annotated[Text, Expected('the name of a file in products/, e.g. product = "generic"')]
    stack_name: Annotated[Text, Expected("the stack's name or ARN in quotes")]
    region: Region
    account_id: AccountId
    """Guards against the wrong account: nothing is read in another."""
    profile: Annotated[Text, Expected("the name of a profile of the AWS configuration, in quotes")] | None = None
    """Used for reading; boto3's own chain if left out."""
    assume_role_arn: RoleArn | None = None
    """A role assumed for reading, with those credentials."""
    external_id: Annotated[str, Field(min_length=2), Expected("a text of two or more characters in quotes")] | None = (
        None
    )
    execute_role_arn: RoleArn | None = None
    """A role assumed only to make, delete and execute change sets."""
    service_role_arn: RoleArn | None = None
    """The role CloudFormation uses; the stack's own if left out. The stack keeps it for every later update."""
    target: Annotated[Text, Expected('a version in quotes, e.g. target = "v3.8.2"')] | None = None
    """A version, which the product makes an address."""
    template_url: Annotated[Text, Expected("an https address in S3, an s3:// address or a path, in quotes")] | None = (
        None
    )
    """Instead of a version."""
    template_sha256: Sha256 | None = None
    """Pins the bytes of the template."""
    staging: S3Prefix | None = None
    """Where a template file of more than 51,200 bytes is put, for CloudFormation to read."""
    capabilities: Strings | None = None
    """The product's if left out."""
    allow_downgrade: Flag = False
    tags: Annotated[Mapping[str, str], Expected('a table of texts, e.g. tags = { team = "platform" }')] = {}
    """Added to the stack's own, which are kept."""
    minutes: Minutes = 120
    """How long the update may take; then the verdict is UNKNOWN."""
    health_minutes: Minutes = 45
    """How long the application may take to become healthy afterwards."""
    rollback_triggers: Annotated[tuple[AlarmArn, ...], Field(strict=False)] = ()
    """Alarms that roll the update back; those on the stack stay."""
    may_cancel: Flag = False
    """Whether `--cancel-on-timeout` may cancel an update whose time is over."""
    backup: Annotated[Backup | None, PlainValidator(as_backup, json_schema_input_type=schemas.Backup)] = None
    """Another entry, or why there is none."""
    deploy_role: Annotated[
        DeployRole | None, PlainValidator(as_deploy_role, json_schema_input_type=schemas.DeployRole)
    ] = None
    """Another entry, or the role itself."""
    parameters: Mapping[
        str, Annotated[Parameter, PlainValidator(as_parameter, json_schema_input_type=schemas.Parameter)]
    ] = {}
    """Only what should change; every other deployed parameter keeps its value."""
    backup_policy: BackupPolicy = BackupPolicy()
    change: Change = Change()
    health: Health = Health()
    evidence: Evidence = Evidence()
    checks: Checks = Checks()
    expected_drift: Annotated[tuple[ExpectedDrift, ...], Field(strict=False)] = ()
    acknowledge: Mapping[str, Acknowledged] = {}
    """What a person stated, by what it is about."""
    waivers: Annotated[tuple[Waiver, ...], Field(strict=False)] = ()
    polling: Polling = Polling()

    @model_validator(mode="after")
    def _agree(self) -> "StackEntry":
        if self.target and self.template_url:
            raise ValueError("target and template_url exclude each other: keep one")
        if self.external_id and not self.assume_role_arn:
            raise ValueError("external_id is only used with assume_role_arn: add that, or remove external_id")
        if self.stack_name.startswith("arn:"):
            parts = self.stack_name.split(":")
            if parts[2:5] != ["cloudformation", self.region, self.account_id]:
                raise ValueError(
                    f"stack_name is an ARN of {':'.join(parts[3:5])}, but region and account_id say "
                    f"{self.region}:{self.account_id}: correct one of them"
                )
        return self

    def public(self, shown: AbstractSet[str] = frozenset()) -> dict[str, object]:
        """The entry as understood, for the record: no value of a parameter that comes from the environment.

        Args:
            shown: names of the parameters that are known to be no secrets; of others no value is told.
        """
        written = {"parameters", "backup", "deploy_role", "external_id"}
        told = self.model_dump(mode="json", by_alias=True, exclude=written, exclude_none=True)
        told["parameters"] = {
            name: "(not told)" if isinstance(setting, Given) and name not in shown else setting.told()
            for name, setting in self.parameters.items()
        }
        told |= {
            key: setting.told()
            for key, setting in (("backup", self.backup), ("deploy_role", self.deploy_role))
            if setting is not None
        }
        if self.external_id:
            told["external_id"] = "(set)"
        return told
