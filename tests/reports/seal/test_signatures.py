"""The files of signatures/, verified by Sigstore's own library."""

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from reports.seal import signatures
from reports.seal.bag import ROOT
from reports.verify.bundle import Bundle
from tests.acceptance.gate import CHECKOUT
from tests.reports.seal.authority import serving
from tests.reports.seal.outside import node
from tests.reports.sealed import sealed, signer, written
from upgrade.facts.seal import Kind

MODULES = CHECKOUT / "node_modules"
SCRIPT = Path(__file__).with_name("sigstore.js")


def sigstore(*arguments: str | Path) -> CompletedProcess[str]:
    if not (MODULES / "@sigstore/verify").exists():
        pytest.skip("Sigstore's library is not installed")
    return node(SCRIPT, map(str, arguments), MODULES)


@pytest.mark.sigstore
def test_sigstore_verifies_root_and_result_by_the_key(tmp_path: Path) -> None:
    bundle, _ = sealed(tmp_path)
    key = bundle / signatures.PUBLIC_KEY

    root = sigstore(bundle / signatures.ROOT_BUNDLE, key, bundle / ROOT)
    result = sigstore(bundle / signatures.RESULT_BUNDLE, key)
    assert (root.returncode, root.stdout) == (0, "verified\n"), root.stderr
    assert (result.returncode, result.stdout) == (0, "verified\n"), result.stderr


@pytest.mark.sigstore
def test_sigstore_refuses_another_root_another_key_and_another_result(tmp_path: Path) -> None:
    bundle, _ = sealed(tmp_path / "bundle")
    signer(tmp_path / "other")
    key, other = bundle / signatures.PUBLIC_KEY, tmp_path / "other/seal.pub.pem"
    assert sigstore(bundle / signatures.ROOT_BUNDLE, key, bundle / "bagit.txt").returncode != 0
    assert sigstore(bundle / signatures.ROOT_BUNDLE, other, bundle / ROOT).returncode != 0
    path = bundle / signatures.RESULT_BUNDLE
    told = json.loads(path.read_text())
    told["dsseEnvelope"]["payload"] = told["dsseEnvelope"]["payload"][:-8] + "AAAAAAA="
    path.write_text(json.dumps(told))
    assert sigstore(path, key).returncode != 0


@pytest.mark.sigstore
def test_sigstore_takes_the_timestamp_for_one_of_the_seal(tmp_path: Path) -> None:
    bundle, key = sealed(tmp_path / "bundle")
    with serving(tmp_path / "authority") as authority:
        signatures.stamp(bundle, key, authority.address)
        chain = tmp_path / "chain.pem"
        chain.write_text((authority.root.with_name("tsa.pem")).read_text() + authority.root.read_text())
    done = sigstore(bundle / signatures.ROOT_BUNDLE, bundle / signatures.PUBLIC_KEY, bundle / ROOT, chain)

    assert (done.returncode, done.stdout) == (0, "verified\n"), done.stderr


def test_a_key_that_cannot_sign_leaves_nothing_half_signed(tmp_path: Path) -> None:
    bundle = written(tmp_path / "evidence", None)
    record = Bundle.read(bundle).record
    key = signer(tmp_path)

    class Away:
        kind, key = Kind.AWS_KMS, "k"

        def public_key(self) -> bytes:
            return key.public_key()

        def sign(self, _: bytes) -> bytes:
            raise OSError("KMS is away")

    assert record
    with pytest.raises(OSError, match="KMS is away"):
        signatures.sign(bundle, record, Away())
    assert not list(bundle.glob("*signatures*"))
