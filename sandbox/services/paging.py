"""Pages of a list that may change between two of them.

A row has a place that it keeps (when it was made), and a token names the place of the last row shown: what comes or goes
meanwhile neither repeats nor hides another row.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import TypeVar

Row = TypeVar("Row")

_PREFIX = b"after:"


def cut(rows: Iterable[tuple[int, Row]], token: str | None, limit: int) -> tuple[list[Row], str | None]:
    """One page of rows, in the order of their places, and the token of the next; None if there is none.

    Args:
        rows: each with its place.
        token: of the page wanted; None for the first.
        limit: the most rows on a page.

    Raises:
        ValueError: the token is none of ours.
    """
    after = -1 if token is None else _place(token)
    left = [(place, row) for place, row in rows if place > after]
    shown = left[:limit]
    more = b64encode(_PREFIX + str(shown[-1][0]).encode()).decode() if len(left) > limit else None
    return [row for _, row in shown], more


def _place(token: str) -> int:
    decoded = b64decode(token, validate=True)
    if not decoded.startswith(_PREFIX):
        raise ValueError(token)
    return int(decoded.removeprefix(_PREFIX))
