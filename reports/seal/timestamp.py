"""Timestamps of the seal (RFC 3161): an authority's word that a signature was there at a moment. Extra `timestamp`.

https://www.rfc-editor.org/rfc/rfc3161
"""

import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from upgrade.errors import UsageError

SECONDS = 30.0
"""How long an authority may take."""
LARGEST = 1_000_000
"""Bytes of an answer; one with its certificates has a few thousand."""


class NotGenuine(ValueError):  # noqa: N818  # what it is
    """A timestamp is not that of this signature, or not of this authority."""


def ask(address: str, signature: bytes) -> bytes:
    """Have a signature timestamped; the authority's response, DER.

    Args:
        address: http or https; a timestamp is signed, so http does.
        signature: the bytes to be timestamped.

    Raises:
        UsageError: the address is none, or the extra is not installed.
        OSError: the authority can't be reached, or does not grant it.
    """
    library = _library()
    if urlsplit(address).scheme not in {"http", "https"}:
        raise UsageError(f"--timestamp={address}: expected the http or https address of a timestamp authority")
    asked = library.TimestampRequestBuilder(data=signature, hash_algorithm=library.HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query"}
    request = urllib.request.Request(address, asked.as_bytes(), headers)  # noqa: S310  # the scheme is looked at above
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            response: bytes = answer.read(LARGEST)
    except urllib.error.HTTPError as error:
        raise OSError(f"{address} answers {error.code}") from None
    try:
        read = library.decode_timestamp_response(response)
        granted = library.PKIStatus(read.status) is library.PKIStatus.GRANTED
        if not granted or read.tst_info.nonce != asked.nonce:
            raise OSError(f"{address} does not grant a timestamp")
    except ValueError as error:
        raise OSError(f"{address} answers with what is no timestamp: {error}") from None
    return response


def verified(response: bytes, signature: bytes, authority: Path) -> datetime:
    """When a signature was timestamped.

    Args:
        response: of the authority, DER.
        signature: what was timestamped.
        authority: its root certificates, PEM.

    Raises:
        NotGenuine: the timestamp is not of this signature by this authority.
        UsageError: the certificates can't be read, or the extra is not installed.
    """
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415

    library = _library()
    try:
        roots = load_pem_x509_certificates(authority.read_bytes())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "holds no certificate"
        raise UsageError(f"--authority={authority}: {why}; expected certificates (PEM)") from None
    verifier = library.VerifierBuilder(roots=roots).build()
    try:
        read = library.decode_timestamp_response(response)
        verifier.verify_message(read, signature)
    except (ValueError, library.VerificationError) as error:
        raise NotGenuine(str(error) or "it is no timestamp") from None
    at: datetime = read.tst_info.gen_time
    return at


def _library() -> Any:
    try:
        import rfc3161_client  # noqa: PLC0415  # an extra
    except ModuleNotFoundError:
        raise UsageError("timestamps need the extra `timestamp`: pip install -e '.[timestamp]'") from None
    return rfc3161_client
