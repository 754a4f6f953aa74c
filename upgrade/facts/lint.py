"""What cfn-lint says of the deployed template and of the target: errors only, both by the same version for one region."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LintError:
    """One error."""

    rule: str
    """E0000 and the like; E0xxx: the template can't be processed at all."""
    path: str
    """Where in the template, e.g. `Resources/DB/Properties/Engine`."""
    message: str


@dataclass(frozen=True, slots=True)
class Lint:
    """Both templates."""

    version: str
    """Of cfn-lint."""
    deployed: tuple[LintError, ...] | None
    """None where nobody had to look: the target has no error."""
    target: tuple[LintError, ...]
