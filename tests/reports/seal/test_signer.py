import subprocess
from pathlib import Path

import pytest

from reports.integrity import UNSIGNED
from reports.seal.signer import KeyFile, fingerprint, integrity, is_signed, public_pem, read_public
from tests.reports.sealed import signer
from upgrade.errors import UsageError
from upgrade.facts.seal import Kind

OPENSSL = {
    "of another curve": "openssl ecparam -name secp384r1 -genkey -noout -out KEY",
    "RSA": "openssl genrsa -out KEY 2048",
    "with a password": "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:x -out KEY",
    "Ed25519": "openssl genpkey -algorithm ed25519 -out KEY",
}


def made(command: str, path: Path) -> Path:
    subprocess.run(command.replace("KEY", str(path)).split(), check=True, capture_output=True)
    return path


def test_openssl_makes_the_key_and_verifies_what_it_signs(tmp_path: Path) -> None:
    key = KeyFile(made("openssl ecparam -name prime256v1 -genkey -noout -out KEY", tmp_path / "k.pem"))
    (tmp_path / "k.pem").unlink()
    (tmp_path / "data").write_bytes(b"root")
    (tmp_path / "sig").write_bytes(key.sign(b"root"))
    (tmp_path / "pub.pem").write_bytes(public_pem(key.public_key()))
    command = ["openssl", "dgst", "-sha256", "-verify", "pub.pem", "-signature", "sig", "data"]

    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout == b"Verified OK\n"
    assert read_public(tmp_path / "pub.pem") == key.public_key()
    assert not is_signed(key.public_key(), b"nonsense", b"root")


@pytest.mark.parametrize("kind", OPENSSL)
def test_another_kind_of_key_is_refused_with_how_to_make_one(kind: str, tmp_path: Path) -> None:
    path = made(OPENSSL[kind], tmp_path / "k.pem")
    with pytest.raises(UsageError, match=r"k\.pem: .*expected a private P-256 key .*openssl ecparam -name prime256v1"):
        KeyFile(path)


@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
def test_what_is_no_public_key_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "pub.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"expected a public key \(PEM\)"):
        read_public(path)


def test_a_public_key_of_another_curve_is_refused(tmp_path: Path) -> None:
    made(OPENSSL["of another curve"], tmp_path / "k.pem")
    made(f"openssl pkey -in {tmp_path}/k.pem -pubout -out KEY", tmp_path / "pub.pem")
    with pytest.raises(UsageError, match="is no P-256 key"):
        read_public(tmp_path / "pub.pem")


def test_the_record_is_told_how_it_will_be_sealed(tmp_path: Path) -> None:
    key = signer(tmp_path)
    told = integrity(key)

    assert (told.seal, told.fingerprint, told.told) == (Kind.KEY_FILE, fingerprint(key.public_key()), "")
    assert (integrity(None).seal, integrity(None).told) == (Kind.NONE, UNSIGNED)


def test_a_key_that_cannot_be_had_is_told_and_still_to_seal() -> None:
    class Away:
        kind, key = Kind.AWS_KMS, "alias/evidence"

        def public_key(self) -> bytes:
            raise OSError("KMS is away")

        def sign(self, data: bytes) -> bytes:
            return data

    told = integrity(Away())
    assert (told.seal, told.key, told.fingerprint) == (Kind.AWS_KMS, "alias/evidence", "")
    assert "KMS is away" in told.told
