"""Two upgrades of one stack meet on one machine, wherever they were started; a killed one holds nobody up."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import NOW
from upgrade.run import lock

STACK = ("", "111122223333", "us-east-1", "codeocean")
HOLD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from upgrade.run import lock
lock.take({stack!r}, "run-1", datetime(2026, 11, 23, tzinfo=UTC), Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "locks"


def test_the_second_process_is_told_who_was_first_until_that_one_is_killed(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD.format(stack=STACK), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(
            lock.Held, match=rf"run run-1 is upgrading this stack, process {other.pid} on .* since 2026"
        ):
            lock.take(STACK, "run-2", NOW, folder)
        other.kill()
    lock.take(STACK, "run-2", NOW, folder).release()


@pytest.mark.parametrize("place", range(4))
def test_another_stack_is_no_hindrance(folder: Path, place: int) -> None:
    other = tuple("other" if index == place else each for index, each in enumerate(STACK))
    first = lock.take(STACK, "run-1", NOW, folder)
    lock.take(other, "run-2", NOW, folder).release()
    first.release()


def test_who_has_not_yet_written_its_name_holds_it_all_the_same(folder: Path) -> None:
    held = lock.take(STACK, "run-1", NOW, folder)
    next(folder.iterdir()).write_text("")
    with pytest.raises(lock.Held, match="another process on this machine"):
        lock.take(STACK, "run-2", NOW, folder)
    held.release()


def test_a_place_that_is_not_ours_is_no_place_for_a_lock(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.symlink_to(elsewhere)
    with pytest.raises(OSError, match="is not a folder of ours"):
        lock.take(STACK, "run-1", NOW, folder)


def test_where_there_is_no_flock_there_is_no_lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    with pytest.raises(OSError, match="no flock"):
        lock.take(STACK, "run-1", NOW, folder)
