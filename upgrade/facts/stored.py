"""What lies in an archive for good, and for how long it is to lie there."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Retention:
    """What S3 Object Lock makes of an object that is put."""

    days: int
    """From the end of the run on."""
    mode: str
    """GOVERNANCE, which a permission can lift; COMPLIANCE, which nobody can, root included.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as the archive tells of it after it was put: a row of the receipt."""

    name: str
    version_id: str | None
    """None where the bucket keeps no versions."""
    sha256: str
    size: int
    mode: str | None
    """None: nothing keeps it from being deleted."""
    retain_until: datetime | None
    request_id: str
    """Of the call that told it."""
