import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import count, duration, one_line, sentence, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\x00b", "a\\x00b"),
        ("a\u202eb", "a\\u202eb"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\x9b1m", "\\x9b1m"),
        ("\ud800", "\\ud800"),
        ("\uffff", "\\uffff"),
        ("line\nand\ttab", "line\nand\ttab"),
        ("\r", "\\r"),
        ("grüße 日本 ✓", "grüße 日本 ✓"),
    ],
    ids=ascii,
)
def test_what_is_invisible_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_that_acts_survives(text: str) -> None:
    shown = visible(text)

    assert visible(shown) == shown
    assert not [character for character in shown if unicodedata.category(character) == "Cc" and character not in "\n\t"]
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [("it failed", "It failed."), ("Done.", "Done."), ("why?", "Why?"), ("", ""), ("a\n b", "A b.")],
)
def test_sentences(text: str, told: str) -> None:
    assert sentence(text) == told


def test_counts() -> None:
    assert [count(number, "check") for number in (0, 1, 2)] == ["0 checks", "1 check", "2 checks"]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 ms"),
        (0.0124, "12 ms"),
        (4.25, "4.2 s"),
        (59.99, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.9, "1 h 00 min"),
        (7380, "2 h 03 min"),
    ],
)
def test_durations(seconds: float, told: str) -> None:
    assert duration(seconds) == told
