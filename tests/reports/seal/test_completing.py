"""What `python -m reports seal` makes good: each thing once, with the key of the record and no other."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from reports.folder import Folder
from reports.seal import completing
from reports.seal.signer import KeyFile
from reports.verify import verify
from tests.reports import builders
from tests.reports.archives import Shelf
from tests.reports.seal.authority import serving
from tests.reports.sealed import consistent, signer, written
from upgrade.errors import UsageError
from upgrade.facts.journal import Act
from upgrade.facts.journal import Record as Line
from upgrade.facts.seal import Kind


@dataclass
class Kms:
    """A key that is away until it is back."""

    inner: KeyFile
    away: bool = True
    kind: Kind = Kind.AWS_KMS
    key: str = "alias/evidence"

    def public_key(self) -> bytes:
        return self.inner.public_key()

    def sign(self, data: bytes) -> bytes:
        if self.away:
            raise OSError("KMS is away")
        return self.inner.sign(data)


@pytest.fixture
def kms(tmp_path: Path) -> Kms:
    return Kms(signer(tmp_path / "key"))


def unsealed(root: Path, kms: Kms) -> Path:
    evidence, folder = consistent(), Folder(root)
    folder.signer = kms
    assert evidence.operation
    told = {"token": evidence.operation.token}
    folder.chain("prod", evidence.run_id).append(Line(Act.INTENT, evidence.started, evidence.run_id, "c:X", told))
    made = folder.write(evidence)
    assert made.problems == ("the evidence is not sealed: KMS is away",)
    assert latest(root)["exit_code"] == 40
    return made.bundle


def latest(root: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((root / "latest.json").read_text())
    return told


def completed(bundle: Path, kms: Any, home: Path | None = None, **more: Any) -> list[str]:
    record = completing.record_of(bundle)
    keepers = completing.Keepers(kms, more.pop("archive", None), **more)
    return list(completing.complete(bundle, record, keepers, home or bundle.parent))


def test_it_is_sealed_once_the_key_is_back_and_latest_json_says_so(tmp_path: Path, kms: Kms) -> None:
    bundle = unsealed(tmp_path / "e", kms)
    with pytest.raises(OSError, match="KMS is away"):
        completed(bundle, kms)
    kms.away = False

    assert completed(bundle, kms) == ["sealed and verified", "latest.json says UPGRADED, exit code 0"]
    assert verify(bundle, kms.public_key()).is_whole
    assert latest(bundle.parent)["exit_code"] == 0
    assert completed(bundle, kms)[0] == "sealed and verified", "again, and nothing changes"


def test_another_key_than_the_records_is_refused(tmp_path: Path, kms: Kms) -> None:
    bundle = unsealed(tmp_path / "e", kms)
    for other, said in {
        None: "AWS KMS alias/evidence seals it",
        replace(kms, key="alias/other").key: "AWS KMS alias/evidence seals it",
    }.items():
        with pytest.raises(UsageError, match=said):
            completed(bundle, replace(kms, key=other) if other else None)
    with pytest.raises(UsageError, match="this is another one"):
        completed(bundle, Kms(signer(tmp_path / "other"), away=False))
    assert not (bundle / "signatures").exists()


def test_an_unsigned_bundle_stays_unsigned_and_is_archived(tmp_path: Path, kms: Kms) -> None:
    bundle, shelf = written(tmp_path / "e", None), Shelf()
    told = completed(bundle, kms, archive=shelf)

    assert told[0].startswith("verified; it stays unsigned")
    assert any(line.startswith("archived in ") for line in told)
    assert shelf.get(f"{bundle.name}/VERIFY.md")


def test_an_archive_that_refuses_is_told_and_what_was_done_stays(tmp_path: Path, kms: Kms) -> None:
    bundle, shelf = unsealed(tmp_path / "e", kms), Shelf()
    kms.away, shelf.away = False, True
    with pytest.raises(OSError, match="unreachable"):
        completed(bundle, kms, archive=shelf)
    shelf.away = False

    assert "sealed and verified" in completed(bundle, kms, archive=shelf)
    assert shelf.get(f"{bundle.name}/signatures/tagmanifest.sig")


def test_a_bundle_from_elsewhere_is_brought_home(tmp_path: Path, kms: Kms) -> None:
    bundle = unsealed(tmp_path / "lost", kms)
    kms.away = False
    told = completed(bundle, kms, tmp_path / "e")

    assert told[1] == f"brought to {tmp_path / 'e' / bundle.name}"
    assert not bundle.exists()
    assert verify(tmp_path / "e" / bundle.name, kms.public_key()).is_whole


def test_a_later_run_is_not_taken_back(tmp_path: Path, kms: Kms) -> None:
    bundle = unsealed(tmp_path / "e", kms)
    kms.away = False
    Folder(bundle.parent).write(consistent(run_id="later"))

    assert completed(bundle, kms) == ["sealed and verified"]
    assert latest(bundle.parent)["run"] == "later"


def test_another_stacks_run_in_latest_json_is_left_alone(tmp_path: Path, kms: Kms) -> None:
    bundle = unsealed(tmp_path / "e", kms)
    kms.away = False
    Folder(bundle.parent).write(consistent(run_id="later", entry="other"))
    completed(bundle, kms)

    assert latest(bundle.parent)["run"] == "later"
    assert json.loads((bundle.parent / "latest-prod.json").read_text())["exit_code"] == 0


def test_an_archive_that_is_away_takes_no_later_run_back(tmp_path: Path, kms: Kms) -> None:
    bundle, shelf = unsealed(tmp_path / "e", kms), Shelf()
    kms.away, shelf.away = False, True
    Folder(bundle.parent).write(consistent(run_id="later"))
    with pytest.raises(OSError, match="unreachable"):
        completed(bundle, kms, archive=shelf)
    assert (latest(bundle.parent)["run"], latest(bundle.parent)["exit_code"]) == ("later", 40)


def test_a_signature_that_is_none_is_not_kept(tmp_path: Path, kms: Kms) -> None:
    class Wrong(Kms):
        def sign(self, data: bytes) -> bytes:
            return self.inner.sign(data + b"!")

    bundle = unsealed(tmp_path / "e", kms)
    with pytest.raises(OSError, match="is no signature by it"):
        completed(bundle, Wrong(kms.inner))
    kms.away = False
    assert completed(bundle, kms)[0] == "sealed and verified"


def test_what_was_tampered_with_before_it_was_sealed_is_not_complete(tmp_path: Path, kms: Kms) -> None:
    bundle = unsealed(tmp_path / "e", kms)
    kms.away = False
    (bundle / "data/report/report.html").write_text("all is well")
    with pytest.raises(OSError, match=r"data/report/report\.html is not as it was written"):
        completed(bundle, kms)
    assert not (bundle / "signatures").exists(), "nothing is signed that does not hold"


def test_a_copy_that_was_broken_off_is_made_anew(tmp_path: Path, kms: Kms) -> None:
    bundle = unsealed(tmp_path / "lost", kms)
    kms.away = False
    (tmp_path / "e" / f".{bundle.name}.partial").mkdir(parents=True)

    completed(bundle, kms, tmp_path / "e")
    assert verify(tmp_path / "e" / bundle.name, kms.public_key()).is_whole


def test_a_key_that_is_none_costs_the_seal_and_nothing_else(tmp_path: Path, kms: Kms) -> None:
    class Nonsense(Kms):
        def public_key(self) -> bytes:
            return b"nonsense"

    folder = Folder(tmp_path / "e")
    folder.signer = Nonsense(kms.inner, away=False)
    (problem,) = folder.write(builders.no_go()).problems
    assert problem.startswith("the evidence is not sealed: ")
    assert latest(folder.root)["verdict"] == "NO_GO"


def test_a_seal_is_witnessed_where_that_is_asked_for(tmp_path: Path, kms: Kms) -> None:
    bundle = unsealed(tmp_path / "e", kms)
    kms.away = False
    with serving(tmp_path / "authority") as authority:
        told = completed(bundle, kms, authority=authority.address)
        assert f"witnessed by {authority.address}" in told
        assert verify(bundle, kms.public_key(), authority.root).is_whole
    unsigned = written(tmp_path / "u", None)
    with pytest.raises(UsageError, match="this bundle has none"):
        completed(unsigned, kms, authority="http://127.0.0.1:1")


@pytest.mark.parametrize("what", ["nothing", "no record", "the first format"])
def test_what_cannot_be_completed_is_named(what: str, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    if what != "nothing":
        (folder / "data").mkdir(parents=True)
    if what == "the first format":
        old = Path(__file__).parents[1] / "records/plimsoll-record-1.json"
        (folder / "data/record.json").write_bytes(old.read_bytes())
    with pytest.raises(UsageError, match=r"name the folder of a run|sealed nothing"):
        completing.record_of(folder)
