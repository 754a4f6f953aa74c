"""Disk and archive tell the same, whoever writes and whatever fails; what is in neither whole is not relied on."""

import hashlib
import json
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from reports import baseline
from reports.archive import MANIFEST, ArchivedChain
from reports.chain import parse
from reports.earlier import Earlier
from reports.folder import Folder
from tests.builders import ACCOUNT, NOW
from tests.reports import builders
from tests.reports.archives import Shelf
from upgrade.facts.journal import Act, Late, Record
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Mode, Verdict

EVIDENCE = builders.evidence()
ENTRY, RUN = EVIDENCE.entry, EVIDENCE.run_id
PLACE = f".journal/{ENTRY}/{RUN}"


def record(act: Act = Act.INTENT, run: str = RUN, **told: str) -> Record:
    return Record(act, NOW, run, "cloudformation:ExecuteChangeSet", told)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def machine(root: Path, shelf: Shelf) -> Folder:
    """A machine with an evidence folder of its own."""
    folder = Folder(root)
    folder.archive = shelf
    return folder


@pytest.fixture
def here(tmp_path: Path, shelf: Shelf) -> Folder:
    return machine(tmp_path / "here", shelf)


@pytest.fixture
def there(tmp_path: Path, shelf: Shelf) -> Folder:
    return machine(tmp_path / "there", shelf)


def archived(shelf: Shelf) -> tuple[Record, ...]:
    """The journal as the archive tells it."""
    held = parse(b"".join(shelf.get(name) for name in shelf.names(f"{PLACE}/events/")))
    assert not held.broken
    return held.records


# ---- the journal -----------------------------------------------------------------------------------------------------


def test_a_record_is_on_the_disk_and_in_the_archive(here: Folder, shelf: Shelf) -> None:
    kept = record(), record(Act.ACCEPTED), record(Act.TERMINAL)
    for each in kept:
        here.chain(ENTRY, RUN).append(each)
        assert archived(shelf) == here.chain(ENTRY, RUN).records()
    assert archived(shelf) == kept


def test_an_intent_that_is_not_archived_is_not_on_the_disk_either(here: Folder, shelf: Shelf) -> None:
    shelf.away = True
    with pytest.raises(OSError, match="unreachable"):
        here.chain(ENTRY, RUN).append(record())
    assert here.chain(ENTRY, RUN).records() == ()


def test_what_has_happened_is_kept_here_while_the_archive_is_away_and_there_afterwards(
    here: Folder, shelf: Shelf
) -> None:
    chain = here.chain(ENTRY, RUN)
    chain.append(record())
    shelf.away = True
    with pytest.raises(Late, match="unreachable"):
        chain.append(record(Act.ACCEPTED))
    shelf.away = False
    assert chain.records() == (record(), record(Act.ACCEPTED))
    chain.append(record(Act.TERMINAL))
    assert archived(shelf) == chain.records() == (record(), record(Act.ACCEPTED), record(Act.TERMINAL))


def test_a_record_whose_answer_was_lost_is_met_again(
    here: Folder, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(name: str, body: bytes) -> bool:
        Shelf.put(shelf, name, body)
        raise OSError("no answer")

    monkeypatch.setattr(shelf, "put", lost)
    with pytest.raises(OSError, match="no answer"):
        here.chain(ENTRY, RUN).append(record())
    monkeypatch.undo()
    here.chain(ENTRY, RUN).append(record(Act.CONCLUDED))
    assert archived(shelf) == here.chain(ENTRY, RUN).records() == (record(), record(Act.CONCLUDED))


def test_two_machines_write_one_chain(here: Folder, there: Folder, shelf: Shelf) -> None:
    here.chain(ENTRY, RUN).append(record())
    there.fetch(ENTRY)
    there.chain(ENTRY, RUN).append(record(Act.ADOPTED, "another"))
    here.chain(ENTRY, RUN).append(record(Act.TERMINAL))
    there.chain(ENTRY, RUN).append(record(Act.TERMINAL, "another"))
    assert archived(shelf) == there.chain(ENTRY, RUN).records()
    assert [(each.act, each.run) for each in archived(shelf)] == [
        (Act.INTENT, RUN),
        (Act.ADOPTED, "another"),
        (Act.TERMINAL, RUN),
        (Act.TERMINAL, "another"),
    ]


def test_who_comes_second_between_two_looks_goes_on_behind_the_first(
    here: Folder, there: Folder, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other machine writes between our look and our own put."""
    look = shelf.names

    def overtaken(beginning: str) -> list[str]:
        seen = look(beginning)
        monkeypatch.undo()
        there.chain(ENTRY, RUN).append(record(Act.ADOPTED, "another"))
        return seen

    monkeypatch.setattr(shelf, "names", overtaken)
    here.chain(ENTRY, RUN).append(record(Act.TERMINAL))
    assert [each.act for each in archived(shelf)] == [Act.ADOPTED, Act.TERMINAL]
    assert archived(shelf) == here.chain(ENTRY, RUN).records()


def test_nothing_is_intended_where_another_has_gone_on(here: Folder, there: Folder, shelf: Shelf) -> None:
    here.chain(ENTRY, RUN).append(record(Act.ACCEPTED))
    there.fetch(ENTRY)
    there.chain(ENTRY, RUN).append(record(run="another"))
    with pytest.raises(OSError, match="run another has gone on with s3://bucket/prefix"):
        here.chain(ENTRY, RUN).append(record())
    assert len(archived(shelf)) == 2


def test_what_does_not_chain_is_never_written_behind(here: Folder, shelf: Shelf) -> None:
    here.chain(ENTRY, RUN).append(record())
    shelf.put(f"{PLACE}/events/000002.json", b"{}\n")
    with pytest.raises(OSError, match="line 2 does not chain"):
        here.chain(ENTRY, RUN).append(record(Act.INTENT))
    assert here.chain(ENTRY, RUN).records() == (record(),)


# ---- what another machine finds --------------------------------------------------------------------------------------


def test_journal_and_baseline_are_found_on_another_machine(here: Folder, there: Folder) -> None:
    here.keep(EVIDENCE)
    here.chain(ENTRY, RUN).append(record())
    assert there.fetch(ENTRY) == []
    earlier, was = Earlier(there, ENTRY), EVIDENCE.before
    assert [journal.records() for journal in earlier.journals()] == [(record(),)]
    kept = earlier.baseline(RUN)
    assert was is not None
    assert kept is not None
    assert kept.snapshot.stack.value == was.stack.value
    assert files(there.kept(ENTRY, RUN)) == files(here.kept(ENTRY, RUN))
    assert there.fetch(ENTRY) == []  # once more, with all of it here


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_of_a_concluded_run_the_journal_is_found_and_no_baseline(here: Folder, there: Folder, shelf: Shelf) -> None:
    here.keep(EVIDENCE)
    for each in (record(), record(Act.CONCLUDED)):
        here.chain(ENTRY, RUN).append(each)
    for name in shelf.names(f"{PLACE}/events/"):
        del shelf.kept[name]  # the whole journal is one object
    there.fetch(ENTRY)
    assert there.chain(ENTRY, RUN).records() == (record(), record(Act.CONCLUDED))
    assert not there.kept(ENTRY, RUN).exists()


def test_half_a_baseline_is_none(here: Folder, there: Folder, shelf: Shelf) -> None:
    here.keep(EVIDENCE)
    here.chain(ENTRY, RUN).append(record())
    del shelf.kept[f"{PLACE}/baseline/{MANIFEST}"]
    there.fetch(ENTRY)
    assert Earlier(there, ENTRY).baseline(RUN) is None


def test_a_baseline_that_was_changed_is_told_and_is_none(here: Folder, there: Folder, shelf: Shelf) -> None:
    here.keep(EVIDENCE)
    here.chain(ENTRY, RUN).append(record())
    shelf.kept[f"{PLACE}/baseline/data/record.json"] += b" "
    (told,) = there.fetch(ENTRY)
    assert told.endswith(f"baseline/data/record.json is not what {MANIFEST} says")
    assert Earlier(there, ENTRY).baseline(RUN) is None
    assert there.chain(ENTRY, RUN).records() == (record(),)


def test_only_what_is_the_stacks_own_is_fetched(here: Folder, there: Folder, shelf: Shelf) -> None:
    here.chain("another", RUN).append(record())
    shelf.put(f".journal/{ENTRY}/../../../{'x' * 8}/events.jsonl", b"")
    there.fetch(ENTRY)
    assert not there.root.exists()


def test_a_damaged_journal_is_told_and_the_others_are_fetched(here: Folder, there: Folder, shelf: Shelf) -> None:
    shelf.put(f".journal/{ENTRY}/run-0/events/000001.json", b"{}\n")
    here.chain(ENTRY, RUN).append(record())
    (told,) = there.fetch(ENTRY)
    assert "run-0/events.jsonl: what follows as line 1 does not chain" in told
    assert there.chain(ENTRY, RUN).records() == (record(),)


def test_an_archive_that_is_away_is_no_empty_one(there: Folder, shelf: Shelf) -> None:
    shelf.away = True
    with pytest.raises(OSError, match="unreachable"):
        there.fetch(ENTRY)


def test_a_baseline_that_cannot_be_archived_is_told(here: Folder, shelf: Shelf) -> None:
    shelf.away = True
    with pytest.raises(OSError, match="unreachable"):
        here.keep(EVIDENCE)


# ---- the finished evidence -------------------------------------------------------------------------------------------


def test_the_bundle_is_put_there_as_it_is_here(here: Folder, shelf: Shelf) -> None:
    written = here.write(EVIDENCE)
    assert here.send(written).problems == ()
    assert {f"{written.bundle.name}/{name}": body for name, body in files(written.bundle).items()} == shelf.kept
    assert list(shelf.kept)[-1] == f"{written.bundle.name}/{MANIFEST}"


@pytest.mark.parametrize(
    ("evidence", "code"), [(EVIDENCE, 40), (builders.of_verdict(Verdict.NO_GO), 10)], ids=["good", "bad"]
)
def test_a_verdict_whose_evidence_is_not_archived_is_not_0(
    here: Folder, shelf: Shelf, evidence: Evidence, code: int
) -> None:
    written = here.write(evidence)
    shelf.away = True
    (why,) = here.send(written).problems
    assert "unreachable" in why
    assert str(written.bundle) in why
    latest = json.loads((here.root / "latest.json").read_text())
    assert (latest["verdict"], latest["exit_code"]) == (evidence.decision.verdict, code)
    assert (here.root / latest["bundle"] / "data/record.json").exists()


def test_the_receipt_lies_beside_the_bundle_and_tells_how_each_file_is_kept(here: Folder, shelf: Shelf) -> None:
    written = here.write(EVIDENCE)
    here.send(written)
    name = written.bundle.name
    told = json.loads((here.root / f"{name}.receipt.json").read_text())

    assert (told["format"], told["bundle"]) == ("plimsoll-receipt/1", name)
    assert told["archive"] == f"{shelf.address}/{name}/"
    assert {row["name"]: row["sha256"] for row in told["objects"]} == {
        f"{name}/{file}": hashlib.sha256(body).hexdigest() for file, body in files(written.bundle).items()
    }
    ended = EVIDENCE.finished.astimezone(UTC).replace(microsecond=0)
    assert {row["retain_until"] for row in told["objects"]} == {(ended + timedelta(days=1)).isoformat()}


def test_what_is_kept_for_a_take_up_is_not_kept_for_good(here: Folder, shelf: Shelf) -> None:
    here.keep(EVIDENCE)

    assert shelf.kept
    assert not list(here.root.glob("*.receipt.json"))


def test_an_upload_that_was_broken_off_is_gone_on_with(here: Folder, shelf: Shelf) -> None:
    written = here.write(EVIDENCE)
    shelf.room = 3
    (why,) = here.send(written).problems
    assert "No space" in why
    assert not list(here.root.glob("*.receipt.json"))

    shelf.room = None
    assert here.send(written).problems == ()
    assert len(shelf.kept) == len(files(written.bundle))
    assert list(here.root.glob("*.receipt.json"))


def test_without_an_archive_nothing_is_sent(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.fetch(ENTRY) == []
    assert folder.send(folder.write(EVIDENCE)).problems == ()
    assert not isinstance(folder.chain(ENTRY, RUN), ArchivedChain)


# ---- finished evidence -----------------------------------------------------------------------------------------------


def sent(folder: Folder, hours: int, **changes: Any) -> str:
    """Evidence of a run that ended so much later, in the archive; its name."""
    later = timedelta(hours=hours)
    made = builders.evidence(**{"run_id": f"run-{hours}", "started": NOW + later, "finished": NOW + later, **changes})
    written = folder.write(made)
    assert folder.send(written).problems == ()
    return written.bundle.name


def looked_for(folder: Folder) -> list[str]:
    """Look for the newest baseline, and see what evidence is here then."""
    folder.fetch_evidence(ENTRY, lambda bundle: baseline.is_of(bundle, ENTRY, ACCOUNT))
    return sorted(path.name for path in folder.root.glob("*"))


def test_the_newest_evidence_that_has_a_baseline_is_found_on_another_machine(here: Folder, there: Folder) -> None:
    older, newest, verified = sent(here, 1), sent(here, 2), sent(here, 3, mode=Mode.VERIFY)
    sent(here, 4, entry="another")
    assert looked_for(there) == sorted([newest, verified])
    found = Earlier(there, ENTRY).newest(ACCOUNT)
    assert found is not None
    assert found.bundle.endswith(newest)
    assert files(there.root / newest) == files(here.root / newest)
    assert looked_for(there) == sorted([newest, verified])  # once more, with all of it here
    assert older not in looked_for(there)


def test_evidence_that_is_still_on_its_way_is_none(here: Folder, there: Folder, shelf: Shelf) -> None:
    older, newest = sent(here, 1), sent(here, 2)
    del shelf.kept[f"{newest}/{MANIFEST}"]
    assert looked_for(there) == [older]


@pytest.mark.parametrize("way", ["changed", "gone", "elsewhere"])
def test_evidence_that_is_not_what_was_put_there_is_never_taken(
    way: str, here: Folder, there: Folder, shelf: Shelf
) -> None:
    newest = sent(here, 1)
    match way:
        case "changed":
            shelf.kept[f"{newest}/data/record.json"] = b"{}"
        case "gone":
            del shelf.kept[f"{newest}/data/record.json"]
        case _:
            shelf.kept[f"{newest}/../../x"] = b"x"
            shelf.kept[f"{newest}/{MANIFEST}"] += f"{hashlib.sha256(b'x').hexdigest()}  ../../x\n".encode()
    with pytest.raises(OSError, match=f"is not what {MANIFEST} says"):
        looked_for(there)
    assert not there.root.exists()
    assert not (there.root / "../x").resolve().exists()
