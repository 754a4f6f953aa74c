"""The part of the record that says by what an outsider can tell that the evidence is whole and as it was written."""

from reports.part import Part
from upgrade.facts.seal import Kind

ALGORITHM = "ECDSA P-256 with SHA-256 over tagmanifest-sha256.txt"

UNSIGNED = (
    "UNSIGNED: hashes show that files were damaged, not that somebody has changed them and their hashes alike, and not "
    "who made them."
)
"""What evidence without a signature can't prove; stands on every page of it."""


class Integrity(Part):
    """How the evidence is sealed. The signature itself comes after the record, so it is beside it (`signatures/`)."""

    seal: Kind
    algorithm: str
    key: str
    """ARN or alias of a KMS key; empty of a key file, and where there is none."""
    fingerprint: str
    """sha256 of the public key (DER, SubjectPublicKeyInfo); empty where it is not known."""
    told: str
    """What the reader has to know: what an unsigned one can't prove, or why the key is not known; empty if nothing."""


NOT_SEALED = Integrity(seal=Kind.NONE, algorithm="", key="", fingerprint="", told=UNSIGNED)
EARLIER = NOT_SEALED.model_copy(update={"told": f"{UNSIGNED} (Written before evidence was sealed.)"})
"""Of a record of an earlier version."""
