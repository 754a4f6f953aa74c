"""A journal on the disk: whatever happens to its bytes, what can be read of it is what was kept, from its beginning on."""

import errno
import hashlib
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import chain
from reports.chain import Chain
from tests.builders import NOW
from upgrade.facts.journal import Act, Record

RECORDS = st.builds(
    Record,
    act=st.sampled_from(Act),
    at=st.timedeltas(timedelta(0), timedelta(days=900)).map(lambda age: NOW + age),
    run=st.text(max_size=8),
    call=st.text(max_size=8),
    told=st.dictionaries(st.text(max_size=4), st.text(max_size=8), max_size=3),
)


def written(records: list[Record]) -> bytes:
    """The chain of these records, as `append` writes it."""
    lines, digest = list[bytes](), chain.START
    for number, record in enumerate(records, 1):
        lines.append(chain._line(record, number, digest))
        digest = json.loads(lines[-1])["digest"]
    return b"".join(line + b"\n" for line in lines)


def record(act: Act = Act.INTENT, **told: str) -> Record:
    return Record(act, NOW, "run-1", "cloudformation:ExecuteChangeSet", told)


@pytest.fixture
def journal(tmp_path: Path) -> Chain:
    return Chain(tmp_path / "stack" / "run-1" / "events.jsonl")


def test_what_is_kept_is_read_by_whoever_comes_next(journal: Chain) -> None:
    assert journal.records() == ()
    kept = (record(token="plimsoll-1"), record(Act.ACCEPTED, why="ä\n\u2028"))
    for each in kept:
        journal.append(each)
    assert Chain(journal.path).records() == kept
    assert journal.path.read_bytes() == written(list(kept))
    assert journal.path.stat().st_mode & 0o077 == 0


def test_an_outsider_can_check_the_chain(journal: Chain) -> None:
    for act in (Act.INTENT, Act.ACCEPTED, Act.TERMINAL):
        journal.append(record(act))
    previous = "0" * 64
    for line in journal.path.read_text().splitlines():
        fields = json.loads(line)
        digest = fields.pop("digest")
        assert fields["prev"] == previous
        text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == digest
        previous = digest


@given(st.lists(RECORDS, max_size=4))
def test_everything_can_be_kept(records: list[Record]) -> None:
    found = chain.parse(written(records))
    assert found.records == tuple(records)
    assert (found.size, found.torn, found.broken) == (len(written(records)), False, "")


@given(st.lists(RECORDS, min_size=1, max_size=4), st.data())
def test_of_a_torn_chain_every_whole_line_is_read(records: list[Record], data: st.DataObject) -> None:
    whole = written(records)
    part = whole[: data.draw(st.integers(0, len(whole)))]
    found = chain.parse(part)
    lines = part.count(b"\n")
    assert found.records == tuple(records[:lines])
    assert found.torn is not (part == b"" or part.endswith(b"\n"))
    assert found.broken == ""


@given(st.lists(RECORDS, min_size=1, max_size=4), st.data())
def test_a_changed_byte_ends_what_can_be_read(records: list[Record], data: st.DataObject) -> None:
    whole = written(records)
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    found = chain.parse(whole[:at] + bytes([other]) + whole[at + 1 :])
    assert found.records == tuple(records[: whole[:at].count(b"\n")])
    assert found.torn or found.broken


@given(st.lists(RECORDS, min_size=2, max_size=4, unique_by=repr), st.data())
def test_a_line_left_out_moved_or_repeated_ends_what_can_be_read(records: list[Record], data: st.DataObject) -> None:
    lines = written(records).splitlines(keepends=True)
    order = data.draw(st.lists(st.sampled_from(range(len(lines))), min_size=1, max_size=6))
    found = chain.parse(b"".join(lines[index] for index in order))
    right = next((place for place, index in enumerate(order) if place != index), len(order))
    assert found.records == tuple(records[:right])
    assert bool(found.broken) is (right < len(order))


def test_half_a_line_is_written_over(journal: Chain) -> None:
    journal.append(record())
    with journal.path.open("ab") as file:
        file.write(b'{"act":"accep')
    assert journal.read().torn
    journal.append(record(Act.UNSURE))
    assert [each.act for each in journal.records()] == [Act.INTENT, Act.UNSURE]


@pytest.mark.parametrize("line", [b"[]\n", b"{}\n", b"\n", b"\x00\xff\n", b"[" * 100_000 + b"\n"])
def test_a_chain_that_does_not_hold_is_neither_trusted_nor_gone_on_with(journal: Chain, line: bytes) -> None:
    journal.append(record())
    with journal.path.open("ab") as file:
        file.write(line)
    before = journal.path.read_bytes()
    with pytest.raises(OSError, match="line 2 does not chain"):
        journal.records()
    with pytest.raises(OSError, match="line 2 does not chain"):
        journal.append(record(Act.ACCEPTED))
    assert journal.path.read_bytes() == before


def test_a_disk_that_takes_nothing_is_told_and_leaves_the_chain_whole(
    journal: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(record())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            journal.append(record(Act.ACCEPTED))
    journal.append(record(Act.UNSURE))
    assert journal.records()[0] == record()
    assert journal.read().broken == ""
