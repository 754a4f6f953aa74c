"""With what evidence is sealed."""

from enum import StrEnum


class Kind(StrEnum):
    """The kind of key."""

    NONE = "none"
    KEY_FILE = "key file"
    """Whoever may read the file may seal: it says little of who did."""
    AWS_KMS = "AWS KMS"
    """The key never leaves KMS, and CloudTrail keeps each use of it."""
