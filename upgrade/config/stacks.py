"""`stacks.toml`: what the user wants, read once, understood completely or refused.

Whatever is wrong ends in a UsageError (exit 4) that names the file, the key, what was found, what was expected and what
to write. Imports neither boto3 nor cfn-lint: it runs before anything else.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationError,
    model_validator,
)

from upgrade.config.errors import explain, refuse
from upgrade.config.values import Backup, DeployRole, Parameter, as_backup, as_deploy_role, as_parameter
from upgrade.errors import UsageError

Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
Region = Annotated[
    str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d+$", description='a region in quotes, e.g. region = "us-east-1"')
]
AccountId = Annotated[
    str, Field(pattern=r"^\d{12}$", description='twelve digits in quotes, e.g. account_id = "210987654321"')
]
RoleArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/.+$",
        description='the ARN of an IAM role in quotes, e.g. "arn:aws:iam::210987654321:role/name"',
    ),
]
Minutes = Annotated[float, Field(gt=0, description="a number of minutes, more than 0; fractions are allowed")]
Seconds = Annotated[float, Field(gt=0, description="a number of seconds, more than 0; fractions are allowed")]
Strings = Annotated[tuple[Text, ...], Field(strict=False, description='a list of texts, e.g. ["a", "b"]')]


class Table(BaseModel):
    """A TOML table: only known keys, no type coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


class BackupPolicy(Table):
    """`[stacks.X.backup_policy]`."""

    min_version: Annotated[Text, Field(description='a version in quotes, e.g. min_version = "v1.2.1"')] | None = None


class ExpectedDrift(Table):
    """`[[stacks.X.expected_drift]]`: one drift that is known and accepted for a while."""

    resource: Annotated[Text, Field(description="a logical id in quotes")]
    property: Annotated[str, Field(pattern="^/", description='a property path, e.g. property = "/AllocatedStorage"')]
    reason: Annotated[Text, Field(description="a sentence in quotes: why this drift is accepted")]
    expires: Annotated[
        AwareDatetime, Field(description="a date and time with its zone, unquoted, e.g. expires = 2027-01-31T00:00:00Z")
    ]


class Polling(Table):
    """`[stacks.X.polling]`: how often we look, in seconds."""

    watch: Seconds = 2
    """First interval between two looks at the events of our operation."""
    watch_max: Seconds = 10
    """The interval grows up to this while nothing new comes."""
    health: Seconds = 15
    settle: Seconds = 180
    """How long a transient state may take to settle before it is a finding."""
    drift: Seconds = 5
    change_set: Seconds = 2


class StackEntry(Table):
    """`[stacks.X]`: one stack and what is wanted of it."""

    name: Text
    """The X; not a key of the file."""
    product: Annotated[Text, Field(description='the name of a file in products/, e.g. product = "generic"')]
    stack_name: Annotated[Text, Field(description="the stack's name or ARN in quotes")]
    region: Region
    account_id: AccountId
    profile: Annotated[Text, Field(description="the name of a profile of the AWS configuration, in quotes")] | None = (
        None
    )
    assume_role_arn: RoleArn | None = None
    external_id: (
        Annotated[str, Field(min_length=2, description="a text of two or more characters in quotes")] | None
    ) = None
    execute_role_arn: RoleArn | None = None
    service_role_arn: RoleArn | None = None
    target: Annotated[Text, Field(description='a version in quotes, e.g. target = "v3.8.2"')] | None = None
    template_url: (
        Annotated[Text, Field(description="an https address in S3, an s3:// address or a path, in quotes")] | None
    ) = None
    template_sha256: (
        Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="64 hexadecimal digits in quotes")] | None
    ) = None
    capabilities: Strings | None = None
    allow_downgrade: Annotated[bool, Field(description="true or false")] = False
    tags: Annotated[Mapping[str, str], Field(description='a table of texts, e.g. tags = { team = "platform" }')] = {}
    minutes: Minutes = 120
    health_minutes: Minutes = 45
    backup: Annotated[Backup | None, PlainValidator(as_backup, json_schema_input_type=Any)] = None
    deploy_role: Annotated[DeployRole | None, PlainValidator(as_deploy_role, json_schema_input_type=Any)] = None
    parameters: Mapping[str, Annotated[Parameter, PlainValidator(as_parameter, json_schema_input_type=Any)]] = {}
    backup_policy: BackupPolicy = BackupPolicy()
    expected_drift: Annotated[tuple[ExpectedDrift, ...], Field(strict=False)] = ()
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

    def public(self) -> dict[str, object]:
        """The entry as understood, for the record: no value of a parameter that comes from the environment."""
        written = {"parameters", "backup", "deploy_role", "external_id"}
        told = self.model_dump(mode="json", exclude=written, exclude_none=True)
        told["parameters"] = {name: setting.told() for name, setting in self.parameters.items()}
        told |= {
            key: setting.told()
            for key, setting in (("backup", self.backup), ("deploy_role", self.deploy_role))
            if setting is not None
        }
        if self.external_id:
            told["external_id"] = "(set)"
        return told


@dataclass(frozen=True, slots=True)
class Stacks:
    """All entries of a file."""

    file: Path
    entries: Mapping[str, StackEntry]

    def entry(self, name: str) -> StackEntry:
        """The entry of this name.

        Raises:
            UsageError: there is none.
        """
        if name in self.entries:
            return self.entries[name]
        raise UsageError(refuse(self.file, f"stacks.{name}", "no such entry", among=self.entries))


def load(path: Path) -> Stacks:
    """Read and understand a stacks file.

    Raises:
        UsageError: it can't be read, is no TOML, or says something that is not understood.
    """
    document = _read(path)
    tables = _tables(document, path)
    defaults = document.get("defaults", {})
    if not isinstance(defaults, dict):
        raise UsageError(refuse(path, "defaults", f"found {defaults!r}, expected a table: write [defaults]"))
    entries = {name: _entry(name, table, defaults, path) for name, table in tables.items()}
    _check_references(entries, path)
    return Stacks(path, entries)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{path}: no such file; write one (docs/configuration.md) or name it: --stacks-file=PATH"
        ) from None
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}; name another one: --stacks-file=PATH") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is no UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: is no valid TOML: {error}; correct that line") from None


def _tables(document: dict[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    for key in document.keys() - {"defaults", "stacks"}:
        raise UsageError(refuse(path, key, "unknown key", among=("defaults", "stacks")))
    tables = document.get("stacks", {})
    if not isinstance(tables, dict) or not tables:
        raise UsageError(refuse(path, "stacks", "no stack is configured: write a table, e.g. [stacks.prod]"))
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise UsageError(
                refuse(path, f"stacks.{name}", f"found {table!r}, expected a table: write [stacks.{name}]")
            )
    return tables


def _entry(name: str, table: dict[str, Any], defaults: dict[str, Any], path: Path) -> StackEntry:
    for origin in (defaults, table):
        if "name" in origin:
            where = "defaults" if origin is defaults else f"stacks.{name}"
            raise UsageError(
                refuse(path, f"{where}.name", "unknown key", among=set(StackEntry.model_fields) - {"name"})
            )
    try:
        return StackEntry.model_validate({**defaults, **table, "name": name})
    except ValidationError as error:
        raise UsageError(
            explain(path, f"stacks.{name}", error, own=table, defaults=defaults, model=StackEntry)
        ) from None


def _check_references(entries: Mapping[str, StackEntry], path: Path) -> None:
    for entry in entries.values():
        for key in ("backup", "deploy_role"):
            other = getattr(getattr(entry, key), "entry", None)
            if other is not None and other not in entries:
                raise UsageError(
                    refuse(path, f"stacks.{entry.name}.{key}", f"names no entry of this file: {other!r}", among=entries)
                )
        _check_cycle(entry, entries, (), path)


def _check_cycle(entry: StackEntry, entries: Mapping[str, StackEntry], seen: tuple[str, ...], path: Path) -> None:
    if entry.name in seen:
        way = " → ".join((*seen[seen.index(entry.name) :], entry.name))
        raise UsageError(
            refuse(path, f"stacks.{entry.name}", f"refers to itself: {way}; remove one of these references")
        )
    for reference in (entry.backup, entry.deploy_role):
        other = getattr(reference, "entry", None)
        if other is not None:
            _check_cycle(entries[other], entries, (*seen, entry.name), path)
