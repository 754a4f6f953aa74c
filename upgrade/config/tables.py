"""The tables inside an entry of `stacks.toml`, and the kinds of values they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from upgrade.facts.stored import Retention


@dataclass(frozen=True, slots=True)
class Expected:
    """What to write, for a message about what was written instead; and for the schema, where nothing else describes it."""

    text: str

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Pydantic's own hook."""
        schema = handler(core)
        schema.setdefault("description", self.text)
        return schema


Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
Region = Annotated[
    str, Field(pattern=r"^[a-z]{2,4}(-[a-z]+)+-\d+$"), Expected('a region in quotes, e.g. region = "us-east-1"')
]
AccountId = Annotated[
    str, Field(pattern=r"^\d{12}$"), Expected('twelve digits in quotes, e.g. account_id = "210987654321"')
]
RoleArn = Annotated[
    str,
    Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/.+$"),
    Expected('the ARN of an IAM role in quotes, e.g. "arn:aws:iam::210987654321:role/name"'),
]
AlarmArn = Annotated[
    str,
    Field(pattern=r"^arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+$"),
    Expected('the ARN of a CloudWatch alarm in quotes, e.g. "arn:aws:cloudwatch:us-east-1:210987654321:alarm:x"'),
]
S3Prefix = Annotated[
    str,
    Field(pattern=r"^s3://[a-z0-9.-]+(/.*)?$"),
    Expected('a place in S3 in quotes, e.g. "s3://my-bucket/templates"'),
]
HttpsAddress = Annotated[
    str,
    Field(pattern=r"^https://[^/@\s]+(/[^\s]*)?$"),
    Expected('an https address in quotes, without user or password, e.g. "https://co.example.com/health"'),
]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$"), Expected("64 hexadecimal digits in quotes")]
Minutes = Annotated[float, Field(gt=0, le=60 * 24 * 7), Expected("a number of minutes, more than 0 and at most a week")]
Hours = Annotated[float, Field(gt=0, le=24 * 366), Expected("a number of hours, more than 0 and at most a year")]
Seconds = Annotated[float, Field(gt=0, le=60 * 60), Expected("a number of seconds, more than 0 and at most an hour")]
Flag = Annotated[bool, Expected("true or false")]
At = Annotated[
    AwareDatetime,
    Expected("a date and time with its zone, unquoted, e.g. 2027-01-31T00:00:00Z"),
]
Strings = Annotated[tuple[Text, ...], Field(strict=False), Expected('a list of texts, e.g. ["a", "b"]')]


class Table(BaseModel):
    """A TOML table: only known keys, no type coerced."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True, use_attribute_docstrings=True
    )


class BackupPolicy(Table):
    """`[stacks.X.backup_policy]`."""

    min_version: Annotated[Text, Expected('a version in quotes, e.g. min_version = "v1.2.1"')] | None = None
    """The backup stack's minimum version, from the target's release notes."""
    recovery_point_max_age_hours: Hours | None = None
    """How old the newest recovery point of each resource that is backed up may be; the product's hours if left out."""


class Window(Table):
    """`window = { from = …, to = … }`: when the upgrade may start."""

    from_: At = Field(alias="from")
    to: At

    @model_validator(mode="after")
    def _ordered(self) -> "Window":
        if self.to <= self.from_:
            raise ValueError("the window ends before it begins: correct from or to")
        return self


class Change(Table):
    """`[stacks.X.change]`: what the change process asks for."""

    require_change_id: Flag = False
    """Whether --change-id must be given."""
    require_approvals: Annotated[int, Field(ge=0, le=9), Expected("a number from 0 to 9")] = 0
    """How many people must have approved the plan; with any, only --upgrade --plan= executes."""
    approvers: Annotated[
        Mapping[Text, Text], Expected('a table of names and public keys, e.g. { "Jane Doe" = "jane.pub.pem" }')
    ] = {}
    """By printed name, the file with the public key (PEM), relative to this file."""
    unsigned_approvals: Flag = False
    """Whether an approval without a signature counts; it is reported as asserted, not authenticated."""
    plan_hours: Hours = 72
    """How old a plan may be when it is executed; older change sets of ours are deleted."""
    window: Window | None = None
    rehearsed_on: Annotated[Text, Expected("the name of another entry in quotes")] | None = None
    """Another entry, whose stack must have been upgraded to the same template before this one; its evidence has to lie in
    this run's evidence folder."""

    @model_validator(mode="after")
    def _enough(self) -> "Change":
        if self.require_approvals > len(self.approvers) and not self.unsigned_approvals:
            raise ValueError(
                f"require_approvals is {self.require_approvals}, and approvers names {len(self.approvers)}: "
                "add approvers, or ask for fewer approvals"
            )
        return self


class Health(Table):
    """`[stacks.X.health]`: how the running application is asked."""

    from_here: Flag = True
    """Whether this machine can reach the application."""
    addresses: Annotated[tuple[HttpsAddress, ...], Field(strict=False)] = ()
    """What must answer after an upgrade; the product's if left out."""
    ca_bundle: Annotated[Text, Expected("the path of a PEM file in quotes, relative to this file")] | None = None
    """Authorities that are trusted beside those of the machine."""
    token_env: Annotated[Text, Expected("the name of an environment variable in quotes")] | None = None
    """Holds an access token of the application, for asking its version."""


class Evidence(Table):
    """`[stacks.X.evidence]`: who signs it and where it is kept."""

    kms_key_id: Annotated[Text, Expected("the ARN, id or alias/name of a KMS key in quotes")] | None = None
    """An ECC_NIST_P256 key for SIGN_VERIFY that seals the evidence; nobody can take it away."""
    signing_key: Annotated[Text, Expected("the path of a PEM file in quotes, relative to this file")] | None = None
    """A private P-256 key in a file that seals the evidence, for laptops and trials: whoever reads it can seal."""
    archive: S3Prefix | None = None
    """Where journal, baseline and evidence are kept beside the folder of --evidence=DIR."""
    archive_profile: Text | None = None
    """AWS profile for that; the one that reads if left out."""
    retain_days: Annotated[int, Field(gt=0, le=100 * 366), Expected("a number of days, 1 or more")] | None = None
    """How long S3 Object Lock keeps finished evidence in the archive from being deleted or replaced."""
    object_lock_mode: (
        Annotated[Literal["GOVERNANCE", "COMPLIANCE"], Expected('"GOVERNANCE" or "COMPLIANCE"')] | None
    ) = None
    """GOVERNANCE if left out, which a permission can lift. COMPLIANCE nobody can, whatever was a mistake."""

    @model_validator(mode="after")
    def _has_a_place(self) -> "Evidence":
        if self.archive_profile and not self.archive:
            raise ValueError("archive_profile is for an archive, and none is named: add archive, or leave it out")
        if self.retain_days and not self.archive:
            raise ValueError("retain_days is for an archive, and none is named: add archive, or leave it out")
        if self.object_lock_mode and not self.retain_days:
            raise ValueError("object_lock_mode needs retain_days: say how long, or leave it out")
        if self.kms_key_id and self.signing_key:
            raise ValueError("kms_key_id and signing_key exclude each other: keep one")
        return self

    @property
    def retention(self) -> Retention | None:
        """What finished evidence is put with; None if nothing keeps it."""
        return Retention(self.retain_days, self.object_lock_mode or "GOVERNANCE") if self.retain_days else None


class Checks(Table):
    """`[stacks.X.checks]`."""

    report_only: Strings = ()
    """Ids of checks that only warn here."""
    max_age_minutes: Mapping[str, Minutes] = {}
    """How old the facts may be that a check judges, by check id."""
    thresholds: Mapping[str, Annotated[float, Field(ge=0), Expected("a number, 0 or more")]] = {}
    """By check id, in the check's own unit (docs/checks.md)."""

    def threshold(self, id_: str, default: float) -> float:
        """What this check measures by: the configured number, else its own."""
        return self.thresholds.get(id_, default)


class ExpectedDrift(Table):
    """`[[stacks.X.expected_drift]]`: one drift that is known and accepted for a while."""

    resource: Annotated[Text, Expected("a logical id in quotes")]
    property: Annotated[str, Field(pattern="^/"), Expected('a property path, e.g. property = "/AllocatedStorage"')]
    reason: Annotated[Text, Expected("a sentence in quotes: why this drift is accepted")]
    expires: At


class Acknowledged(Table):
    """`[stacks.X.acknowledge]`, one of its values: what a person stated."""

    by: Annotated[Text, Expected("a name in quotes")]
    at: At
    from_: Annotated[Text, Field(alias="from"), Expected('a version in quotes, e.g. from = "v3.7.0"')]
    to: Annotated[Text, Expected('a version in quotes, e.g. to = "v3.8.2"')]


class Waiver(Table):
    """`[[stacks.X.waivers]]`: one finding that is accepted for a while."""

    check: Annotated[Text, Expected("the id of a check in quotes")]
    finding: Annotated[
        str,
        Field(pattern="^sha256:[0-9a-f]{64}$"),
        Expected('the finding as the record names it, "sha256:…", in quotes'),
    ]
    reason: Annotated[Text, Expected("a sentence in quotes: why this is accepted")]
    approved_by: Annotated[Text, Expected("a name in quotes")]
    ticket: Annotated[str, Expected("the id of a ticket in quotes")] = ""
    expires: At


class Polling(Table):
    """`[stacks.X.polling]`: how often we look, in seconds."""

    watch: Seconds = 2
    """First interval between two looks at the events of our operation."""
    watch_max: Seconds = 10
    """The interval grows up to this while nothing new comes."""
    begin: Seconds = 60
    """Where the answer to ExecuteChangeSet was lost: how long an update of which nothing is seen may yet begin."""
    health: Seconds = 15
    settle: Seconds = 180
    """How long a transient state may take to settle before it is a finding."""
    drift: Seconds = 5
    change_set: Seconds = 2
