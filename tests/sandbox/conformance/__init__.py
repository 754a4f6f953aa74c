"""What the sandbox emulates, simplifies and refuses: each row of docs/sandbox.md is a test that proves it.

`python -m tests.sandbox.conformance.table > docs/sandbox.md` writes the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

Kind = Literal["emulates", "simplifies", "refuses"]
Test = TypeVar("Test", bound=Callable[..., object])


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    kind: Kind
    topic: str
    claim: str


ROWS: list[Row] = []


def conformance(kind: Kind, topic: str) -> Callable[[Test], Test]:
    """Make a test a row of the table; its docstring's first line is what the row says."""

    def register(test: Test) -> Test:
        claim = (test.__doc__ or "").strip().splitlines()
        if not claim:
            raise ValueError(f"{test.__name__} has no docstring to say what it proves")
        ROWS.append(Row(kind, topic, claim[0]))
        return test

    return register
