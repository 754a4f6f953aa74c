"""Key pairs for the people of a scenario."""

import os
from pathlib import Path

PRIVATE = 0o600


def write_pair(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a P-256 key pair, as OpenSSL reads it: `NAME.pem`, for its owner's eyes only, and `NAME.pub.pem`."""
    # Late: naming scenarios must not need what only moto brings.
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = generate_private_key(SECP256R1())
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public
