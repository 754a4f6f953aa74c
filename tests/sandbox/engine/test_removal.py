from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.removal import waves
from sandbox.engine.state import Resource

needs = st.dictionaries(st.sampled_from("ABCDEF"), st.frozensets(st.sampled_from("ABCDEF"), max_size=3))


def rows(given_needs: dict[str, frozenset[str]]) -> list[Resource]:
    return [Resource(name, "T", name, {}, {}, {}, {}, wanted) for name, wanted in given_needs.items()]


@given(needs)
def test_every_resource_goes_once(given_needs: dict[str, frozenset[str]]) -> None:
    gone = [row.logical_id for wave in waves(rows(given_needs)) for row in wave]
    assert sorted(gone) == sorted(given_needs)


@given(needs)
def test_nothing_goes_before_what_needs_it(given_needs: dict[str, frozenset[str]]) -> None:
    acyclic = {name: frozenset(other for other in wanted if other < name) for name, wanted in given_needs.items()}
    order = {row.logical_id: number for number, wave in enumerate(waves(rows(acyclic))) for row in wave}
    assert all(order[name] < order[other] for name, wanted in acyclic.items() for other in wanted if other in order)


def test_both_physical_resources_of_one_logical_id_go() -> None:
    twice = rows({"A": frozenset()}) + rows({"A": frozenset()})
    assert [len(wave) for wave in waves(twice)] == [2]
