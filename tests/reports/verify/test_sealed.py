"""Nothing of a sealed bundle can be changed without the key: each tampering is refused, and with the right reason."""

import re
from itertools import combinations
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from reports.seal import bag
from reports.seal.signatures import ROOT_SIGNATURE, sign
from reports.seal.signer import read_public
from reports.verify import verify
from reports.verify.bundle import Bundle
from reports.verify.steps import State
from sandbox.scenarios.keys import write_pair
from tests.reports import builders
from tests.reports.sealed import consistent, edited, names, sealed, signer, without_check, written
from upgrade.catalogue import Outcome
from upgrade.gate.mode import Verdict

FILES = names()


def why(bundle: Path, key: bytes | None) -> str:
    """What a verification calls broken."""
    found = verify(bundle, key)
    assert not found.is_whole
    return "\n".join(f"{step.what}: {step.said}" for step in found.broken)


@pytest.fixture
def bundle(tmp_path: Path) -> tuple[Path, bytes]:
    return sealed(tmp_path)


def test_a_sealed_bundle_is_whole_by_the_key_of_who_sealed_it(bundle: tuple[Path, bytes]) -> None:
    folder, key = bundle
    found = verify(folder, key)

    assert found.broken == ()
    assert {step.what for step in found.steps if step.state is State.NOT_CHECKED} == {"timestamp"}


def test_without_a_key_the_signature_is_said_to_be_unchecked_and_does_not_decide(bundle: tuple[Path, bytes]) -> None:
    found = verify(bundle[0])

    assert found.is_whole
    assert "signature" in {step.what for step in found.steps if step.state is State.NOT_CHECKED}


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_seen(name: str, bundle: tuple[Path, bytes]) -> None:
    folder, key = bundle
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    assert name in why(folder, key)


@pytest.mark.parametrize("name", FILES)
def test_a_deleted_file_is_missed(name: str, bundle: tuple[Path, bytes]) -> None:
    folder, key = bundle
    (folder / name).unlink()

    assert f"{name} is missing" in why(folder, key)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_was_added_is_named(name: str, kind: str, bundle: tuple[Path, bytes]) -> None:
    folder, key = bundle
    added = (folder / name).with_name("added.txt")
    if kind == "file":
        added.write_text("more")
    else:
        added.symlink_to(folder / name)

    told = why(folder, key)
    assert re.search(r"added\.txt (was added|is not listed in|is no ordinary file)", told)


@pytest.mark.parametrize(("one", "other"), list(combinations(FILES, 2)))
def test_two_files_swapped_are_seen(one: str, other: str, bundle: tuple[Path, bytes]) -> None:
    folder, key = bundle
    first, second = (folder / one).read_bytes(), (folder / other).read_bytes()
    (folder / one).write_bytes(second)
    (folder / other).write_bytes(first)

    assert one in why(folder, key) or other in why(folder, key)


@pytest.mark.parametrize("everywhere", [False, True], ids=["record and JUnit", "the list of checks too"])
def test_a_check_that_was_dropped_is_missed(everywhere: bool, bundle: tuple[Path, bytes]) -> None:
    folder, key = bundle
    without_check(folder, "drift-is-understood", everywhere=everywhere)
    told = why(folder, key)

    assert f"{ROOT_SIGNATURE} is no signature by this key" in told
    assert ("check drift-is-understood is required and is not there" in told) is not everywhere
    assert verify(folder).is_whole is everywhere, "only the key tells, where even the list of checks was changed"


def test_a_verdict_that_was_changed_does_not_follow_from_the_checks(tmp_path: Path) -> None:
    folder = written(tmp_path / "e", None, consistent(entries=builders.entries(drift_is_understood=Outcome.FAIL)))
    assert Bundle.read(folder).record
    edited(folder, lambda document: document["conclusion"].update(verdict="UPGRADED", exit_code=0))

    assert "the checks and the update make UNHEALTHY, the record says UPGRADED" in why(folder, None)


def test_a_bundle_sealed_anew_by_another_key_is_refused(bundle: tuple[Path, bytes], tmp_path: Path) -> None:
    folder, key = bundle
    edited(folder, lambda document: document["run"].update(mode="upgrade", seconds=1.0))
    rmtree(folder / "signatures")
    record = Bundle.read(folder).record
    assert record
    another = signer(tmp_path / "another")
    sign(folder, record, another)

    assert verify(folder, another.public_key()).is_whole
    told = why(folder, key)
    assert "is no signature by this key" in told
    assert "signatures/signer.pub.pem is not what follows from key and signature" in told


def test_a_key_that_was_put_in_the_place_of_the_one_inside_is_refused(
    bundle: tuple[Path, bytes], tmp_path: Path
) -> None:
    folder, key = bundle
    _, public = write_pair(tmp_path, "attacker")
    (folder / "signatures/signer.pub.pem").write_bytes(public.read_bytes())

    assert why(folder, key) == "signature: signatures/signer.pub.pem is not what follows from key and signature"
    assert "is no signature by this key" in why(folder, read_public(public))


def test_signatures_that_are_gone_are_missed_with_and_without_a_key(bundle: tuple[Path, bytes]) -> None:
    folder, key = bundle
    rmtree(folder / "signatures")

    for told in (why(folder, key), why(folder, None)):
        assert "`python -m reports seal` completes it" in told


def test_signatures_of_another_bundle_are_refused(bundle: tuple[Path, bytes], tmp_path: Path) -> None:
    folder, _ = bundle
    key = signer(tmp_path / "key")
    one = written(tmp_path / "a", key)
    other = written(tmp_path / "b", key, consistent(run_id="01937c3e-7a10-7000-8000-00000000beef"))
    rmtree(one / "signatures")
    copytree(other / "signatures", one / "signatures")

    assert "is no signature by this key" in why(one, key.public_key())
    assert folder.exists()


def test_an_unsigned_bundle_says_what_it_cannot_prove_and_a_key_does_not_help(tmp_path: Path) -> None:
    folder = written(tmp_path / "e", None)
    found = verify(folder)

    assert found.is_whole
    assert "UNSIGNED" in next(step.said for step in found.steps if step.what == "signature")
    assert "no key was configured" in why(folder, signer(tmp_path).public_key())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "is not listed"),
        ("0" * 64 + "  ../../etc/passwd\n", "no hash with the name of a file inside"),
        ("0" * 64 + "  /etc/passwd\n", "no hash with the name of a file inside"),
        ("0" * 64 + "  data/../VERIFY.md\n", "no hash with the name of a file inside"),
        ("0" * 64 + " *data/record.json\n", "no hash with the name of a file inside"),
        ("nonsense\n", "no hash with the name of a file inside"),
    ],
)
def test_a_manifest_that_leads_elsewhere_is_refused(line: str, told: str, bundle: tuple[Path, bytes]) -> None:
    folder, key = bundle
    (folder / bag.MANIFEST).write_text(line)
    assert told in why(folder, key)


def test_a_folder_of_the_first_format_is_held_against_its_manifest(tmp_path: Path) -> None:
    record = Path(__file__).parents[1] / "records/plimsoll-record-1.json"
    content = record.read_bytes()
    (tmp_path / "data").mkdir()
    (tmp_path / "data/record.json").write_bytes(content)
    (tmp_path / "data/report").mkdir()
    (tmp_path / "data/report/junit.xml").write_text("<testsuites><testsuite/></testsuites>")
    rehash_payload(tmp_path)
    told = {step.what: step.state for step in verify(tmp_path).steps}

    assert told["files"] is told["nothing added"] is State.HOLDS
    assert told["signature"] is told["complete"] is told["verdict"] is State.NOT_CHECKED
    assert "there is none" in why(tmp_path, signer(tmp_path.parent / "key").public_key())
    (tmp_path / "data/record.json").write_bytes(content + b" ")
    assert "data/record.json is not as it was written" in why(tmp_path, None)


def rehash_payload(folder: Path) -> None:
    sums = {name: bag.sha256((folder / name).read_bytes()) for name in bag.files(folder) if name.startswith("data/")}
    (folder / bag.MANIFEST).write_text(bag.lines(sums))


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_every_ending_is_sealed_and_what_the_seal_says_is_its_result(verdict: Verdict, tmp_path: Path) -> None:
    key = signer(tmp_path)
    evidence = builders.of_verdict(verdict)
    folder = written(tmp_path / "e", key, evidence)
    found = verify(folder, key.public_key())

    assert found.broken == ()
    assert f'"verdict":"{verdict}"' in (folder / "signatures/test-result.json").read_text()
