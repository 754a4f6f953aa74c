"""The end of a bundle's making: it is signed, then verified as an auditor would."""

from pathlib import Path

from reports.record import Record
from reports.seal.bag import SIGNATURES
from reports.seal.signatures import sign
from reports.seal.signer import Signer
from reports.verify import verify
from upgrade.facts.seal import Kind


def completed(bundle: Path, record: Record, signer: Signer | None) -> str:
    """Sign a bundle that is otherwise whole, and verify it.

    Args:
        bundle: its folder; one that is signed already is only verified.
        record: as it stands in the bundle.
        signer: the key; None if it can't be had now.

    Returns:
        Why it is not complete; empty if it is.
    """
    public = None
    try:
        if record.integrity.seal is not Kind.NONE and signer is not None:
            public = signer.public_key()
            if not (bundle / SIGNATURES).is_dir():
                if told := _broken(bundle, None, besides="signature"):  # nothing is signed that does not hold
                    return told
                sign(bundle, record, signer)
        return _broken(bundle, public)
    except (OSError, ValueError) as error:  # the second: KMS answers with what is no key
        return f"the evidence is not sealed: {error}"


def _broken(bundle: Path, public: bytes | None, besides: str = "") -> str:
    broken = [f"{step.what}: {step.said}" for step in verify(bundle, public).broken if step.what != besides]
    return f"the evidence is not complete: {'; '.join(broken)}" if broken else ""
