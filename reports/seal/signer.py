"""What signs: a key in a file, or one in AWS KMS (upgrade.aws.signing). Both are P-256, which every openssl verifies."""

import hashlib
from pathlib import Path
from typing import Any, Protocol

from reports.integrity import ALGORITHM, NOT_SEALED, Integrity
from upgrade.errors import UsageError
from upgrade.facts.seal import Kind

MAKE_ONE = "openssl ecparam -name prime256v1 -genkey -noout -out KEY.pem"


class Signer(Protocol):
    """A P-256 key that signs."""

    kind: Kind
    key: str
    """ARN or alias of a KMS key; empty of a file."""

    def public_key(self) -> bytes:
        """The public key: DER, SubjectPublicKeyInfo. Raises OSError."""
        ...

    def sign(self, data: bytes) -> bytes:
        """ECDSA over SHA-256 of this: DER. Raises OSError."""
        ...


class KeyFile:
    """A private key from a file, read once: that the file is gone later does not matter."""

    kind = Kind.KEY_FILE
    key = ""

    def __init__(self, path: Path) -> None:
        """Read the key.

        Raises:
            UsageError: it is not there, or no private P-256 key without a password.
        """
        self._key = _private(path)

    def public_key(self) -> bytes:
        """See `Signer`."""
        return public_der(self._key.public_key())

    def sign(self, data: bytes) -> bytes:
        """See `Signer`."""
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415  # only where something is signed
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        signature: bytes = self._key.sign(data, ec.ECDSA(hashes.SHA256()))
        return signature


def integrity(signer: Signer | None) -> Integrity:
    """How evidence will be sealed, for its record."""
    if signer is None:
        return NOT_SEALED
    told = ""
    try:
        known = fingerprint(signer.public_key())
    except OSError as error:
        known, told = "", f"its public key can't be read: {error}"
    return Integrity(seal=signer.kind, algorithm=ALGORITHM, key=signer.key, fingerprint=known, told=told)


def fingerprint(public: bytes) -> str:
    """What tells public keys (DER) apart: `openssl pkey -pubin -in KEY -outform DER | sha256sum`."""
    return hashlib.sha256(public).hexdigest()


def public_der(key: Any) -> bytes:
    """A public key of `cryptography` as DER, SubjectPublicKeyInfo."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    der: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def public_pem(public: bytes) -> bytes:
    """A public key (DER) as PEM."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        PublicFormat,
        load_der_public_key,
    )

    pem: bytes = load_der_public_key(public).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def read_public(path: Path) -> bytes:
    """A public P-256 key (PEM) from a file, as DER.

    Raises:
        UsageError: it is not there, or no such key.
    """
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {_why(error)}; expected a public key (PEM)") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != ec.SECP256R1.name:
        raise UsageError(f"{path}: is no P-256 key, and evidence is sealed with none other")
    return public_der(key)


def is_signed(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the key (DER) has signed this."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415

    key: Any = load_der_public_key(public)
    try:
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _private(path: Path) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    expected = f"expected a private P-256 key (PEM) without a password, as of `{MAKE_ONE}`"
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:  # TypeError: it is encrypted
        raise UsageError(f"{path}: {_why(error)}; {expected}") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != ec.SECP256R1.name:
        raise UsageError(f"{path}: is another kind of key; {expected}")
    return key


def _why(error: Exception) -> str:
    """What is wrong, in a few words: cryptography's own are for programmers."""
    return getattr(error, "strerror", None) or (
        "is encrypted" if isinstance(error, TypeError) else "can't be understood"
    )
