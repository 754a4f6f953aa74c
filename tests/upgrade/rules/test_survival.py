"""What CloudFormation leaves open is resolved where it can be, and a threat where it can't."""

import pytest

from tests.builders import change, detail
from upgrade.facts.changes import ResourceChange
from upgrade.rules.survival import Survival

ALWAYS = detail(path="/Properties/DBName", requires_recreation="Always")


def database(*details: object, **fields: object) -> ResourceChange:
    return change("AnalyticsDBInstance", *details, **{"replacement": "Conditional", **fields})  # type: ignore[arg-type]


def threats(*changes: ResourceChange) -> tuple[str, ...]:
    return Survival(changes).threats("AnalyticsDBInstance")


def test_what_the_change_set_does_not_name_survives() -> None:
    assert threats() == ()


@pytest.mark.parametrize("action", ["Add", "Import"])
def test_what_is_new_survives(action: str) -> None:
    assert threats(database(action=action)) == ()


def test_an_update_in_place_survives() -> None:
    assert threats(database(replacement="False")) == ()


def test_removal_names_what_happens_to_the_data() -> None:
    assert threats(database(action="Remove", policy_action="Retain")) == ("it is removed (Retain)",)


@pytest.mark.parametrize("action", ["Dynamic", "SyncWithActual", "Surprise"])
def test_other_kinds_of_change_are_no_proof(action: str) -> None:
    assert threats(database(action=action))


def test_a_static_change_of_a_create_only_property_replaces() -> None:
    assert "replaces it" in threats(database(ALWAYS, replacement="True"))[0]


def test_a_condition_that_nothing_resolves_is_a_threat() -> None:
    assert "may replace it" in threats(database(detail(requires_recreation="Conditionally")))[0]


def test_equal_values_replace_nothing() -> None:
    same = detail(requires_recreation="Always", before="a", after="a")

    assert threats(database(same, replacement="True")) == ()


def test_two_masked_values_prove_nothing() -> None:
    masked = detail(requires_recreation="Always", before="****", after="****")

    assert threats(database(masked, replacement="True"))


def test_the_identity_of_a_new_resource_is_a_new_one() -> None:
    assert threats(dynamic("Key.Arn"), change("Key", type="AWS::KMS::Key", action="Add"))


@pytest.mark.parametrize("replacement", ["True", "Conditional", "", "Perhaps"])
def test_replacement_without_a_reason_is_a_threat(replacement: str) -> None:
    assert "no detail says why" in threats(database(detail(), replacement=replacement))[0]


def dynamic(entity: str) -> ResourceChange:
    return database(
        detail(requires_recreation="Always", evaluation="Dynamic", causing_entity=entity, before="x", after=None)
    )


KEY = change("Key", type="AWS::KMS::Key")
REPLACED_KEY = change("Key", ALWAYS, type="AWS::KMS::Key", replacement="True")


@pytest.mark.parametrize("entity", ["Key", "Key.Arn", "Key.KeyId"])
def test_the_identity_of_a_resource_that_stays_stays(entity: str) -> None:
    assert threats(dynamic(entity), KEY) == ()


@pytest.mark.parametrize("entity", ["Key", "Key.Arn"])
def test_the_identity_of_a_replaced_resource_changes(entity: str) -> None:
    assert "Key itself is new or may be replaced" in threats(dynamic(entity), REPLACED_KEY)[0]


@pytest.mark.parametrize("entity", ["Net.Key", "Net.Key.Arn"])
def test_a_cause_in_a_nested_stack_is_judged_there(entity: str) -> None:
    nested = change("Net.Key", ALWAYS, type="AWS::KMS::Key", replacement="True")
    namesake = change("Net", type="AWS::CloudFormation::Stack")

    assert "Net.Key itself is new or may be replaced" in threats(dynamic(entity), namesake, nested)[0]
    assert threats(dynamic(entity), namesake, change("Net.Key", type="AWS::KMS::Key")) == ()


def test_another_attribute_may_change_in_place() -> None:
    template = change("Template", type="AWS::EC2::LaunchTemplate")

    assert "may change in the update" in threats(dynamic("Template.LatestVersionNumber"), template)[0]


def test_a_type_without_schema_proves_nothing() -> None:
    assert threats(dynamic("Own.Arn"), change("Own", type="Custom::Own"))


@pytest.mark.parametrize("entity", ["", "Elsewhere.Arn"])
def test_a_source_outside_the_change_set_proves_nothing(entity: str) -> None:
    assert "known only after the update" in threats(dynamic(entity))[0]


def test_a_custom_resource_may_change_its_physical_id_while_it_stays() -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes-update.html"""
    assert "may change in the update" in threats(dynamic("Own"), change("Own", type="Custom::Snapshot"))[0]
