"""Families are found by what their methods are called, and ordered by what they ask for."""

from collections.abc import Mapping
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, entry, known, unknown
from tests.upgrade.world import World
from upgrade.facts.family import Family, families, family, in_order
from upgrade.facts.known import Fact, Reason, Unknown
from upgrade.facts.reads import all_reads
from upgrade.facts.snapshot import Snapshot


class Numbers:
    source = SimpleNamespace(clock=SimpleNamespace(now=lambda: NOW))

    @family(after=True)
    def one(self) -> Fact[int]:
        return known(1)

    @family()
    def two(self, one: Fact[int]) -> Fact[int]:
        return known(one.value + 1)

    def helper(self) -> Fact[int]:
        return known(0)


def test_a_family_is_known_by_name_needs_and_phase() -> None:
    found = families([Numbers()])
    assert {name: (each.needs, each.after) for name, each in found.items()} == {
        "one": ((), True),
        "two": (("one",), False),
    }
    assert found["two"].read(one=known(1)) == known(2)


def test_what_depends_on_an_unknown_fact_is_not_known_and_says_why() -> None:
    found = Numbers().two(unknown())
    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.BLOCKED, "")
    assert str(unknown()) in found.detail


def test_a_fact_declared_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="one is declared twice"):
        families([Numbers(), Numbers()])


def _family(name: str, *needs: str) -> Family:
    return Family(name, needs, before=True, after=False, read=lambda: known(None))


def _can_be_ordered(needs: Mapping[str, set[str]]) -> bool:
    done: set[str] = set()
    for _ in needs:
        done |= {name for name, asked in needs.items() if asked <= done}
    return done == set(needs)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sets(st.sampled_from("abcdefgh"))))
def test_each_comes_after_what_it_depends_on_or_the_circle_is_told(needs: Mapping[str, set[str]]) -> None:
    known_ = {name: _family(name, *sorted(asked)) for name, asked in needs.items()}
    if not _can_be_ordered(needs):
        with pytest.raises(ValueError, match="depend on"):
            in_order(known_, ())
        return
    order = [each.name for each in in_order(known_, ())]
    assert sorted(order) == sorted(needs)
    for position, name in enumerate(order):
        assert set(order[:position]) >= needs[name]


def test_every_fact_of_a_snapshot_has_a_family(world: World) -> None:
    found = families(all_reads(world.source(entry())))
    told: Any = {each.name for each in fields(Snapshot)} - {"denied"}
    assert told <= found.keys()
    assert {need for each in found.values() for need in each.needs} <= found.keys()
