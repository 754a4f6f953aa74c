import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.comparison import masked, property_differences, sides
from sandbox.engine.state import Resource


def row(properties: dict[str, Any], kind: str = "AWS::EC2::Volume", shown: Any = None, **tags: str) -> Resource:
    told = json.dumps(properties if shown is None else shown)
    return Resource("R", kind, "id", properties, {}, {}, tags, frozenset(), told)


def found(one: Resource, live: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["PropertyPath"], each["DifferenceType"]) for each in property_differences(one, *sides(one, live))]


def test_only_what_is_declared_and_readable_is_compared() -> None:
    assert found(row({"Size": 1, "Encrypted": True}), {"Size": 1, "Iops": 100}) == []


def test_kinds_of_difference() -> None:
    one = row({"Size": 1, "VolumeType": "gp3", "Tags": [{"Key": "a", "Value": "b"}]})
    live = {"Size": 2, "VolumeType": None, "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}]}
    assert found(one, live) == [("/Size", "NOT_EQUAL"), ("/VolumeType", "REMOVE"), ("/Tags/1", "ADD")]


def test_scalars_are_compared_as_text() -> None:
    assert found(row({"Size": "1", "Encrypted": "true"}), {"Size": 1, "Encrypted": True}) == []


def test_write_only_properties_and_dynamic_references_are_compared_with_nothing() -> None:
    database = row(
        {"MasterUserPassword": "x", "MasterUsername": "{{resolve:ssm:name}}", "Engine": "postgres"},
        "AWS::RDS::DBInstance",
    )
    live = {"MasterUserPassword": "y", "MasterUsername": "admin", "Engine": "postgres"}
    assert found(database, live) == []


def test_tags_of_others_are_not_the_resource_s() -> None:
    one = row({"Tags": [{"Key": "a", "Value": "b"}]}, team="x")
    live = [
        {"Key": "a", "Value": "b"},
        {"Key": "team", "Value": "x"},
        {"Key": "aws:cloudformation:stack-name", "Value": "s"},
    ]
    assert found(one, {"Tags": live}) == []


def test_secrets_are_masked_on_both_sides() -> None:
    one = row({"Size": 1, "Name": "secret"}, shown={"Size": 1, "Name": "****"})
    (difference,) = property_differences(one, {"Name": "secret"}, {"Name": "stolen"})
    assert (difference["ExpectedValue"], difference["ActualValue"]) == ("****", "****")
    assert masked(one, {"Size": 1, "Name": "stolen", "More": ["a"]}) == {"Size": 1, "Name": "****", "More": ["a"]}


@given(st.lists(st.sampled_from("abcd")), st.randoms())
def test_the_order_of_a_list_is_no_difference(items: list[str], random: Any) -> None:
    other = list(items)
    random.shuffle(other)
    one = row({"SecurityGroupIds": items})
    assert found(one, {"SecurityGroupIds": other}) == []
    assert len(found(one, {"SecurityGroupIds": [*other, "e"]})) == 1
