"""Dependency order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.template.errors import TemplateError
from sandbox.template.graph import dependencies, waves
from tests.sandbox.template.world import evaluator

TEMPLATE = """
Conditions: {Never: !Equals [a, b]}
Resources:
  Gone: {Type: T, Condition: Never}
  ByRef: {Type: T, Properties: {A: [!Ref R]}}
  ByAttribute: {Type: T, Properties: {A: {B: !GetAtt R.Arn}}}
  BySub: {Type: T, Properties: {A: !Sub '${R} ${Other.Arn} ${!ByRef} ${AWS::Region}'}}
  ByName: {Type: T, DependsOn: [R, Gone]}
  ByBranch: {Type: T, Properties: {A: !If [Never, !Ref Gone, !Ref Other]}}
  ByPolicy: {Type: T, UpdatePolicy: {A: !Ref R}}
"""


def test_dependencies_are_those_of_the_branches_taken() -> None:
    r, other = frozenset({"R"}), frozenset({"Other"})
    assert dependencies(evaluator(TEMPLATE)) == {
        "ByRef": r,
        "ByAttribute": r,
        "BySub": r | other,
        "ByName": r,
        "ByBranch": other,
        "ByPolicy": r,
        "R": frozenset(),
        "Other": frozenset(),
    }


def test_a_reference_to_what_a_condition_removed_is_refused() -> None:
    with pytest.raises(TemplateError, match=r"Unresolved resource dependencies \[Gone\] in the Resources block"):
        dependencies(evaluator(TEMPLATE + "  Wrong: {Type: T, Properties: {A: !Ref Gone}}\n"))


def test_a_circle_is_named_without_what_hangs_on_it() -> None:
    needs = {"A": "B", "B": "A", "Hanging": "A", "Free": ""}
    with pytest.raises(TemplateError) as caught:
        waves({name: frozenset(needed.split()) for name, needed in needs.items()})
    assert caught.value.message == "Circular dependency between resources: [A, B]"


def test_a_resource_may_not_need_itself() -> None:
    with pytest.raises(TemplateError, match=r"Circular dependency between resources: \[A\]"):
        waves({"A": frozenset({"A"})})


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, frozenset[str]]:
    """Graphs without circles, their resources in any order."""
    names = [f"R{number}" for number in range(draw(st.integers(0, 12)))]
    needed = {
        name: draw(st.frozensets(st.sampled_from(names[:index]))) if index else frozenset[str]()
        for index, name in enumerate(names)
    }
    return {name: needed[name] for name in draw(st.permutations(names))}


@given(graphs())
def test_every_resource_comes_once_and_after_all_it_needs(graph: dict[str, frozenset[str]]) -> None:
    done: set[str] = set()
    for wave in waves(graph):
        assert wave
        assert all(graph[name] <= done for name in wave)
        assert not done & set(wave)
        assert wave == [name for name in graph if name in wave]
        done.update(wave)
    assert done == set(graph)
