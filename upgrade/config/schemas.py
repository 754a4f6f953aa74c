"""How the values that may be written in more than one way look to a JSON Schema; `upgrade.config.values` reads them."""

from typing import Literal, TypeAlias

from typing_extensions import TypedDict

Scalar: TypeAlias = str | int | float | bool


class Env(TypedDict):
    """A secret from the environment."""

    env: str


class Value(TypedDict):
    """A value as it is, the text `actual` included."""

    value: Scalar | list[Scalar]


class NoBackup(TypedDict):
    """Why there is no backup stack."""

    none: str


class Role(TypedDict):
    """The role itself."""

    role: str


Parameter: TypeAlias = Literal["actual"] | Scalar | list[Scalar] | Env | Value
Backup: TypeAlias = str | NoBackup
DeployRole: TypeAlias = str | Role
