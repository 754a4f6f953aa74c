"""The catalogue in words: complete, current, and helpful to who mistypes an id."""

import subprocess
import sys

import pytest

from checks.__main__ import main
from upgrade.catalogue import CHECKS, CheckInfo, When, catalogue
from upgrade.errors import UsageError
from upgrade.gate import handbook

INFOS = catalogue()


def test_the_committed_page_is_the_one_of_the_checks() -> None:
    assert (CHECKS.parent / "docs/checks.md").read_text(encoding="utf-8") == handbook.page(INFOS), handbook.REGENERATE


def test_the_list_has_a_line_for_every_check() -> None:
    rows = [line.split() for line in handbook.listing(INFOS).splitlines() if line.startswith("  ")]

    assert [row[0] for row in rows] == [info.id for info in INFOS]
    assert {row[1] for row in rows} <= {"blocks", "warns"}
    assert {row[2] for row in rows} == set(When)


@pytest.mark.parametrize("info", INFOS, ids=lambda info: info.id)
def test_everything_a_check_says_of_itself_is_told(info: CheckInfo) -> None:
    told = " ".join(handbook.explained(INFOS, info.id).split())

    for text in (info.title, info.why, info.remedy, info.requirement, info.repeats, info.file, *info.references):
        assert " ".join(text.split()) in told


def test_a_mistyped_id_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean stack-is-at-rest"):
        handbook.explained(INFOS, "stack-at-rest")
    with pytest.raises(UsageError, match="python -m checks list"):
        handbook.explained(INFOS, "qqq")


def test_the_commands_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert main(["explain", "gate-may-look"]) == 0

    assert "gate-may-look: Every read that the gate needs is allowed\n" in capsys.readouterr().out


def test_an_unknown_id_ends_in_4_and_one_sentence() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "checks", "explain", "nothing-like-it"],
        cwd=CHECKS.parent, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (run.returncode, run.stdout) == (4, "")
    assert "there is no check 'nothing-like-it'" in run.stderr
    assert "Traceback" not in run.stderr
