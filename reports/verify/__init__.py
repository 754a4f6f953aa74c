"""Whether a folder of evidence is whole, and says what its run has found: what an auditor asks, by one command.

Two parts: the bag is as it was sealed (`sealed`), and the record in it agrees with itself (`content`). All steps are
tried, so that the answer says everything that is wrong.
"""

from pathlib import Path

from reports.verify import content, sealed
from reports.verify.bundle import Bundle
from reports.verify.steps import Verification


def verify(folder: Path, key: bytes | None = None, authority: Path | None = None) -> Verification:
    """Verify a folder of evidence.

    Args:
        folder: one run's.
        key: the public key (DER) of who seals, from outside the folder; without it the signature is not checked.
        authority: root certificates (PEM) of the timestamp authority, from outside; without it no timestamp is.

    Raises:
        OSError: the folder can't be read.
    """
    bundle = Bundle.read(folder)
    return Verification(folder, bundle.record, (*sealed.steps(bundle, key, authority), *content.steps(bundle)))
