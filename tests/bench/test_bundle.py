"""The stopwatch by which the writing of evidence is measured."""

from collections.abc import Iterator
from types import SimpleNamespace

from bench.bundle import Stopwatch


def test_of_a_part_within_a_part_only_the_inner_one_counts() -> None:
    watch = Stopwatch()
    steps = SimpleNamespace(inner=lambda: 3)
    steps.outer = lambda: steps.inner() + 1
    watch.watch(steps, "inner", "inner")
    watch.watch(steps, "outer", "outer")
    watch.restart()

    assert steps.outer() == 4
    assert watch.told().keys() == {"inner", "outer", "rest"}
    watch.restart()
    assert watch.told().keys() == {"rest"}


def test_a_generator_counts_for_what_it_does_and_not_for_who_takes_it() -> None:
    def numbers() -> Iterator[int]:
        yield from (1, 2)

    watch, made = Stopwatch(), SimpleNamespace(numbers=numbers)
    watch.watch_each(made, "numbers", "making")
    watch.restart()

    assert list(made.numbers()) == [1, 2]
    assert watch.told().keys() == {"making", "rest"}
