"""VERIFY.md, typed word for word by a shell that has nothing but openssl and sha256sum."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from reports.seal import bag
from tests.reports import builders
from tests.reports.seal.outside import typed
from tests.reports.sealed import edited, rehash, sealed, signer, without_check, written
from upgrade.gate.mode import Verdict


@pytest.fixture
def bundle(tmp_path: Path) -> tuple[Path, Path]:
    folder, _ = sealed(tmp_path / "bundle")
    key = tmp_path / "registered.pub.pem"
    key.write_bytes((folder / "signatures/signer.pub.pem").read_bytes())
    return folder, key


def test_a_sealed_bundle_is_verified(bundle: tuple[Path, Path], tmp_path: Path) -> None:
    folder, key = bundle
    done = typed(folder, key, tmp_path / "desk")

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Verified OK") == 2
    assert "the result is that of this folder" in done.stdout
    assert "FAILED" not in done.stdout


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_a_bundle_of_each_verdict_is_verified(verdict: Verdict, tmp_path: Path) -> None:
    key = signer(tmp_path / "key")
    folder = written(tmp_path / "evidence", key, builders.of_verdict(verdict))
    done = typed(folder, tmp_path / "key/seal.pub.pem", tmp_path / "desk")

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"**{verdict}**" in (folder / bag.GUIDE).read_text()


def test_an_unsigned_bundle_is_checked_for_damage_and_says_what_that_does_not_prove(tmp_path: Path) -> None:
    folder = written(tmp_path / "evidence", None)
    done = typed(folder, None, tmp_path / "desk")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "## This evidence is UNSIGNED" in (folder / bag.GUIDE).read_text()
    assert "openssl" not in done.stdout


def _hashed_again(folder: Path) -> None:
    (folder / "data/record.schema.json").unlink()
    rehash(folder)


TAMPERINGS: dict[str, Callable[[Path], object]] = {
    "changed and hashed again": lambda folder: edited(folder, lambda told: told["conclusion"].update(verdict="GO")),
    "a check dropped": lambda folder: without_check(folder, "drift-is-understood", everywhere=True),
    "a file added": lambda folder: (folder / "data/added.txt").write_text("more"),
    "a hidden file added": lambda folder: (folder / "data/.added").write_text("more"),
    "a file added beside": lambda folder: (folder / "added.txt").write_text("more"),
    "a file deleted": lambda folder: (folder / "data/record.schema.json").unlink(),
    "deleted and hashed again": _hashed_again,
    "signatures gone": lambda folder: rmtree(folder / "signatures"),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_was_tampered_with_ends_the_script(tampering: str, bundle: tuple[Path, Path], tmp_path: Path) -> None:
    folder, key = bundle
    TAMPERINGS[tampering](folder)

    assert typed(folder, key, tmp_path / "desk").returncode != 0


def test_another_key_than_the_registered_one_is_refused(bundle: tuple[Path, Path], tmp_path: Path) -> None:
    folder, _ = bundle
    signer(tmp_path / "other")
    done = typed(folder, tmp_path / "other/seal.pub.pem", tmp_path / "desk")

    assert done.returncode != 0
    assert "Verif" in done.stdout + done.stderr


def test_a_result_of_another_folder_is_refused(tmp_path: Path) -> None:
    key = signer(tmp_path / "key")
    one = written(tmp_path / "a", key)
    other = written(tmp_path / "b", key, builders.of_verdict(Verdict.NO_GO))
    for name in ("test-result.json", "test-result.sig"):
        (one / "signatures" / name).write_bytes((other / "signatures" / name).read_bytes())
    done = typed(copytree(one, tmp_path / "copy"), tmp_path / "key/seal.pub.pem", tmp_path / "desk")

    assert done.returncode != 0
    assert "the result is another folder's" in done.stdout
