"""The files of `signatures/`: the root and the result signed, raw and in the forms of other people's tools.

They lie outside the manifests, so that one can be added later; what holds them together is the key.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from reports import disk
from reports.record import Record
from reports.seal import timestamp
from reports.seal.bag import ROOT, SIGNATURES, sha256
from reports.seal.envelopes import bundle_of_dsse, bundle_of_message, dsse, to_be_signed
from reports.seal.signer import Signer, is_signed, public_pem
from reports.seal.statement import statement

ROOT_SIGNATURE = f"{SIGNATURES}/tagmanifest.sig"
RESULT, RESULT_SIGNATURE = f"{SIGNATURES}/test-result.json", f"{SIGNATURES}/test-result.sig"
TIMESTAMP = f"{SIGNATURES}/tagmanifest.sig.tsr"
ROOT_BUNDLE, PUBLIC_KEY = f"{SIGNATURES}/tagmanifest.sigstore.json", f"{SIGNATURES}/signer.pub.pem"
ENVELOPE, RESULT_BUNDLE = f"{SIGNATURES}/test-result.dsse.json", f"{SIGNATURES}/test-result.sigstore.json"

RAW = (ROOT_SIGNATURE, RESULT, RESULT_SIGNATURE)
"""What was signed and with what result; the others follow from these and the key."""


def sign(bundle: Path, record: Record, signer: Signer) -> None:
    """Write all of them into a bundle.

    Args:
        bundle: its folder, otherwise whole.
        record: as it stands in the bundle.
        signer: the key.

    Raises:
        OSError: the key can't be used, or the disk not be written. None is left then.
    """
    public, root = signer.public_key(), (bundle / ROOT).read_bytes()
    payload = statement(record, sha256(root))
    raw = {ROOT_SIGNATURE: signer.sign(root), RESULT: payload, RESULT_SIGNATURE: signer.sign(to_be_signed(payload))}
    for name, signed in {ROOT_SIGNATURE: root, RESULT_SIGNATURE: to_be_signed(payload)}.items():
        if not is_signed(public, raw[name], signed):
            raise OSError("what the key answers is no signature by it")
    making = bundle / f".{SIGNATURES}"
    try:
        making.mkdir(exist_ok=True)
        for name, content in {**raw, **derived(root, raw, public)}.items():
            disk.write_bytes(making / Path(name).name, content)
        making.rename(bundle / SIGNATURES)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    disk.sync(bundle)


def stamp(bundle: Path, public: bytes, authority: str) -> None:
    """Have the root's signature timestamped.

    Args:
        bundle: one that is signed.
        public: the key, DER.
        authority: address of a timestamp authority.

    Raises:
        UsageError: the address is none, or the extra is not installed.
        OSError: the authority does not grant it, or the disk can't be written.
    """
    raw = {name: (bundle / name).read_bytes() for name in RAW}
    response = timestamp.ask(authority, raw[ROOT_SIGNATURE])
    told = bundle_of_message((bundle / ROOT).read_bytes(), raw[ROOT_SIGNATURE], public, response)
    disk.replace(bundle / ROOT_BUNDLE, told)
    disk.write_bytes(bundle / TIMESTAMP, response)
    disk.sync(bundle / SIGNATURES)


def derived(root: bytes, raw: Mapping[str, bytes], public: bytes, timestamp: bytes = b"") -> dict[str, bytes]:
    """The files that follow from the raw ones, byte for byte.

    Args:
        root: content of the signing root.
        raw: content of each of `RAW`, by name.
        public: the key, DER.
        timestamp: RFC 3161 response over the root's signature; empty where there is none.
    """
    payload, signature = raw[RESULT], raw[RESULT_SIGNATURE]
    return {
        ROOT_BUNDLE: bundle_of_message(root, raw[ROOT_SIGNATURE], public, timestamp).encode(),
        ENVELOPE: dsse(payload, signature, public).encode(),
        RESULT_BUNDLE: bundle_of_dsse(payload, signature, public).encode(),
        PUBLIC_KEY: public_pem(public),
    }
