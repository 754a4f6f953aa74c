"""Pages neither repeat nor hide a row, whatever comes and goes between them."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.services.paging import cut

PLACES = st.sets(st.integers(0, 60)).map(sorted)


@given(PLACES, st.integers(1, 9))
def test_all_rows_once_in_their_order(places: list[int], limit: int) -> None:
    shown, token = cut([(place, place) for place in places], None, limit)
    while token:
        more, token = cut([(place, place) for place in places], token, limit)
        shown += more
    assert shown == places


@given(PLACES, PLACES, st.integers(1, 9))
def test_what_stays_is_shown(before: list[int], after: list[int], limit: int) -> None:
    first, token = cut([(place, place) for place in before], None, limit)
    second, _ = cut([(place, place) for place in after], token, 100) if token else ([], None)
    stays = set(before) & set(after)
    assert not set(first) & set(second)
    assert token is None or stays <= {*first, *second}


@pytest.mark.parametrize("token", ["x", "%%", b64encode(b"after:x").decode(), b64encode(b"7").decode()])
def test_a_token_that_is_none(token: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whichever part of it is wrong
        cut([], token, 1)
