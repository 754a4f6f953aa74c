"""What a property will be: the change set's word goes before the target's."""

import pytest

from tests.builders import change, detail, template
from upgrade.rules.planned import planned, sets
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import NO_VALUE, Resolver

SIZE = {"Type": "Number", "Default": 600}
RESOLVER = Resolver(
    template(
        Parameters={"pSize": SIZE},
        Resources={
            "Data": {"Type": "AWS::EC2::Volume", "Properties": {"Size": {"Ref": "pSize"}}},
            "Other": {"Type": "AWS::EC2::Volume", "Properties": {"Size": {"Fn::ImportValue": "size"}}},
        },
    ),
    {"pSize": "700"},
)


def sized(after: str | None) -> object:
    return planned(RESOLVER, change("Data", detail(name="Size", after=after)), "Data", "Size")


def test_what_the_change_set_says_counts() -> None:
    assert sized("800") == "800"


def test_without_its_word_the_target_counts() -> None:
    assert sized(None) == "700"
    assert planned(RESOLVER, change("Data", detail(name="Tags")), "Data", "Size") == "700"
    assert planned(RESOLVER, None, "Data", "Size") == "700"


def test_what_nothing_says_is_no_value_and_what_only_aws_knows_is_unresolved() -> None:
    assert planned(RESOLVER, None, "Nested.Data", "Size") is NO_VALUE
    assert isinstance(planned(RESOLVER, None, "Other", "Size"), Unresolved)


@pytest.mark.parametrize(("name", "said"), [("Size", True), ("Tags", False)])
def test_a_change_sets_what_its_details_name(name: str, said: bool) -> None:  # expected
    assert sets(change("Data", detail(name="Size")), name) is said
    assert not sets(None, name)
