"""Until when Lambda lets functions of a runtime be created and updated; from a file compiled by hand. Pure.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The dates of one runtime; None where AWS gives none."""

    deprecated: date | None = None
    create: date | None = None
    """From then on no function can be created with it."""
    update: date | None = None
    """From then on no function that has it can be updated; such functions still run."""


@dataclass(frozen=True, slots=True)
class Runtimes:
    """What is known of runtimes, and since when."""

    source: str
    compiled: date
    lifecycles: Mapping[str, Lifecycle]
    """By runtime identifier, e.g. `python3.12`."""

    def age(self, today: date) -> str:
        """How old the dates are, in words."""
        return f"dates compiled on {self.compiled}, {(today - self.compiled).days} days ago"


@cache
def runtimes() -> Runtimes:
    """The shipped dates."""
    read = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    lifecycles = {name: Lifecycle(**dates) for name, dates in read["runtimes"].items()}
    return Runtimes(read["source"], read["compiled"], lifecycles)
