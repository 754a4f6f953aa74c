"""Timestamps, by an authority that is openssl's and a verifier that is openssl's too."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reports.seal import signatures, timestamp
from reports.verify import verify
from reports.verify.steps import State
from tests.reports.seal.authority import Authority, serving
from tests.reports.sealed import sealed
from upgrade.errors import UsageError


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    with serving(tmp_path / "authority") as made:
        yield made


def test_a_timestamp_tells_when_the_signature_was_there(authority: Authority) -> None:
    response = timestamp.ask(authority.address, b"signature")
    at = timestamp.verified(response, b"signature", authority.root)

    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    with pytest.raises(timestamp.NotGenuine):
        timestamp.verified(response, b"another", authority.root)


def test_a_timestamp_of_another_authority_is_not_genuine(authority: Authority, tmp_path: Path) -> None:
    response = timestamp.ask(authority.address, b"signature")
    with serving(tmp_path / "other") as other, pytest.raises(timestamp.NotGenuine):
        timestamp.verified(response, b"signature", other.root)


def test_a_witnessed_bundle_is_verified_by_us_and_by_openssl(authority: Authority, tmp_path: Path) -> None:
    bundle, key = sealed(tmp_path / "bundle")
    signatures.stamp(bundle, key, authority.address)
    found = {step.what: step for step in verify(bundle, key, authority.root).steps}
    command = ["openssl", "ts", "-verify", "-data", "signatures/tagmanifest.sig", "-in", signatures.TIMESTAMP]
    done = subprocess.run([*command, "-CAfile", str(authority.root)], cwd=bundle, capture_output=True, check=False)

    assert verify(bundle, key, authority.root).is_whole
    assert found["timestamp"].said.startswith("the seal was there at ")
    assert done.returncode == 0, done.stderr
    assert {step.what: step.state for step in verify(bundle, key).steps}["timestamp"] is State.NOT_CHECKED


def test_a_timestamp_that_was_taken_away_is_missed_by_who_has_the_authority(
    authority: Authority, tmp_path: Path
) -> None:
    bundle, key = sealed(tmp_path / "bundle")
    assert {step.what for step in verify(bundle, key, authority.root).broken} == {"timestamp"}


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_timestamp_with_a_flipped_byte_is_broken(where: float, authority: Authority, tmp_path: Path) -> None:
    bundle, key = sealed(tmp_path / "bundle")
    signatures.stamp(bundle, key, authority.address)
    path = bundle / signatures.TIMESTAMP
    content = bytearray(path.read_bytes())
    content[int(len(content) * where)] ^= 1
    path.write_bytes(content)
    broken = {step.what for step in verify(bundle, key, authority.root).broken}

    assert "signature" in broken, "the Sigstore bundle holds another one"


@pytest.mark.parametrize("answer", [b"", b"nonsense"])
def test_an_authority_that_does_not_grant_it_is_told(answer: bytes, authority: Authority) -> None:
    authority.answer = answer
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        timestamp.ask(authority.address, b"signature")


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(UsageError, match="expected the http or https address"):
        timestamp.ask("file:///etc/passwd", b"signature")


def test_certificates_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected certificates"):
        timestamp.verified(b"", b"", tmp_path / "nowhere")
