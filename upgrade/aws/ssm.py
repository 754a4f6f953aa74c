"""Parameters of AWS Systems Manager, as templates refer to them; nothing is ever decrypted."""

from collections.abc import Iterable
from typing import Any

AT_ONCE = 10
"""Names GetParameters takes in one call."""


def read_parameters(client: Any, names: Iterable[str]) -> dict[str, str]:
    """GetParameters: the value of each that exists, by name."""
    wanted, found = sorted(set(names)), dict[str, str]()
    for start in range(0, len(wanted), AT_ONCE):
        answer = client.get_parameters(Names=wanted[start : start + AT_ONCE], WithDecryption=False)
        found |= {row["Name"]: row["Value"] for row in answer["Parameters"]}
    return found
