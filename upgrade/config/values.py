"""Values of `stacks.toml` that may be written in more than one way: parameters, backup, deploy role."""

import re
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter's value, as CloudFormation wants it: text."""

    value: str

    def told(self) -> str:
        """How the record shows it."""
        return self.value


@dataclass(frozen=True, slots=True)
class Actual:
    """`"actual"`: follow the live resource that the parameter belongs to."""

    def told(self) -> str:
        """How the record shows it."""
        return "actual"


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """`{ env = "NAME" }`: a secret, read from an environment variable."""

    variable: str

    def told(self) -> str:
        """How the record shows it: never the value."""
        return f"from environment variable {self.variable}"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another entry of the same file."""

    entry: str

    def told(self) -> str:
        """How the record shows it."""
        return self.entry


@dataclass(frozen=True, slots=True)
class NoBackup:
    """`{ none = "reason" }`: there is no backup stack, and why."""

    reason: str

    def told(self) -> dict[str, str]:
        """How the record shows it."""
        return {"none": self.reason}


@dataclass(frozen=True, slots=True)
class Role:
    """`{ role = "ARN" }`: the deploy role itself, where it comes from no stack of ours."""

    arn: str

    def told(self) -> dict[str, str]:
        """How the record shows it."""
        return {"role": self.arn}


_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")

Parameter: TypeAlias = Given | Actual | FromEnvironment
Backup: TypeAlias = Reference | NoBackup
DeployRole: TypeAlias = Reference | Role


def as_parameter(raw: object) -> Parameter:
    """Understand the value of one parameter.

    Raises:
        ValueError: with what is expected; it never repeats the value, which may be a secret in the wrong place.
    """
    match raw:
        case "actual":
            return Actual()
        case {"env": str() as variable, **rest} if variable and not rest:
            return FromEnvironment(variable)
        case {"value": value, **rest} if not rest:
            return Given(_text(value))
        case _:
            return Given(_text(raw))


def as_backup(raw: object) -> Backup | None:
    """Understand `backup`. Raises ValueError."""
    match raw:
        case None | Reference() | NoBackup():
            return raw
        case str() if raw:
            return Reference(raw)
        case {"none": str() as reason, **rest} if reason.strip() and not rest:
            return NoBackup(reason)
    raise ValueError('expected the name of another entry, or { none = "reason" }')


def as_deploy_role(raw: object) -> DeployRole | None:
    """Understand `deploy_role`. Raises ValueError."""
    match raw:
        case None | Reference() | Role():
            return raw
        case str() if raw:
            return Reference(raw)
        case {"role": str() as arn, **rest} if _ROLE.fullmatch(arn) and not rest:
            return Role(arn)
    raise ValueError('expected the name of another entry, or { role = "arn:aws:iam::…:role/…" }')


def _text(raw: object) -> str:
    match raw:
        case bool():
            return "true" if raw else "false"
        case str() | int() | float():
            return str(raw)
        case list() if all(isinstance(item, (str, int, float)) for item in raw):
            return ",".join(_text(item) for item in raw)
    raise ValueError(
        'expected "actual", { env = "NAME" }, a text in quotes, a number, true, false, a list of those, or { value = … }'
    )
