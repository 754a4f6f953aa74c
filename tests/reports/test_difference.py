import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.difference import AROUND, LONG, Difference, difference, shortened


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_difference_puts_together_what_it_took_apart(head: str, old: str, new: str, tail: str) -> None:
    before, after = head + old + tail, head + new + tail
    told = difference(before, after)

    assert told.head + told.before + told.tail == before
    assert told.head + told.after + told.tail == after


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("20", "60", ("", "20", "60", "")),
        ("m5.large", "m7i.large", ("", "m5", "m7i", ".large")),
        ("ami-0a1b", "ami-0a1c", ("ami-", "0a1b", "0a1c", "")),
        ("same", "same", ("", "same", "same", "")),
        ("a b c", "a b d", ("a b ", "c", "d", "")),
        ("", "new", ("", "", "new", "")),
    ],
    ids=str,
)
def test_differences_are_whole_words(before: str, after: str, told: tuple[str, str, str, str]) -> None:
    assert difference(before, after) == Difference(*told)


def test_of_long_values_only_what_surrounds_the_difference_is_shown() -> None:
    told = difference("a" * 900 + "1" + "b" * 900, "a" * 900 + "2" + "b" * 900)

    assert (told.before, told.after) == ("1", "2")
    assert told.head == "…" + "a" * AROUND
    assert told.tail == "b" * AROUND + "…"


def test_a_value_too_long_to_read_says_how_much_is_missing() -> None:
    assert shortened("x" * 2000).endswith("x… (500 more characters in record.json)")
    assert shortened("x" * LONG) == "x" * LONG
