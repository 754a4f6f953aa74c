"""`pytest --stacks`: the configured stacks, a line each."""

from pathlib import Path

from upgrade.config.entry import StackEntry
from upgrade.config.stacks import load


def listing(path: Path) -> str:
    """The stacks of a file, in its order.

    Raises:
        UsageError: it can't be read or understood.
    """
    rows = [_row(entry) for entry in load(path).entries.values()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join([f"{path}:", *lines])


def _row(entry: StackEntry) -> tuple[str, ...]:
    target = entry.target or entry.template_url or "no target"
    return entry.name, entry.product, f"{entry.stack_name} in {entry.account_id}, {entry.region}", f"to {target}"
