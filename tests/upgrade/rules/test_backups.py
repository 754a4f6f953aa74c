"""What a selection takes in, how old a recovery point may be, and where copies go."""

from datetime import timedelta

import pytest

from tests.builders import DESTINATION, NOW, RESOURCES, entry, point, selection, stack
from upgrade.config.product import load
from upgrade.facts.stack import Identity, Resource
from upgrade.rules.backups import ARNS, arns, destinations, is_recent, max_age, selected, takes_in, unselected

ARN = "arn:aws:ec2:us-east-1:111122223333:volume/vol-1"
PRODUCT = load("codeocean")
CHINA = Identity("111122223333", "arn:aws-cn:iam::111122223333:user/me", "cn-north-1")


@pytest.mark.parametrize(
    ("resources", "excluded", "by_tags", "taken"),
    [
        ((ARN,), (), False, True),
        (("*",), (), False, True),
        (("arn:aws:ec2:*:*:volume/*",), (), False, True),
        (("arn:aws:rds:*:*:db:*",), (), False, False),
        ((), (), False, False),
        (("*",), (ARN,), False, False),
        (("*",), ("arn:aws:ec2:*",), False, False),
        (("*",), (), True, False),
    ],
)
def test_a_selection_takes_in_what_it_names(
    resources: tuple[str, ...],
    excluded: tuple[str, ...],
    by_tags: bool,  # a row
    taken: bool,  # expected
) -> None:
    made = selection(resources=resources, excluded=excluded, by_tags=by_tags)
    assert takes_in(made, ARN) is taken
    assert bool(selected({"DataVolume": ARN}, [made])) is taken


def test_arns_are_of_the_partition_region_and_account() -> None:
    rows = (Resource("V", "vol-1", "AWS::EC2::Volume", ""), Resource("B", "b", "AWS::S3::Bucket", ""), *RESOURCES[2:])
    assert arns(rows, CHINA) == {"V": "arn:aws-cn:ec2:cn-north-1:111122223333:volume/vol-1", "B": "arn:aws-cn:s3:::b"}


def test_what_was_never_made_has_no_arn() -> None:
    assert arns((Resource("V", "", "AWS::EC2::Volume", ""),), CHINA) == {}


def test_all_that_aws_backup_takes_holds_data() -> None:
    assert all(PRODUCT.is_stateful("X", type_) for type_ in ARNS)
    assert unselected(RESOURCES, PRODUCT, {"DataVolume"}) == "RDS DBInstance AnalyticsDBInstance"


def test_the_age_is_the_configured_one_else_the_products() -> None:
    assert max_age(entry(), PRODUCT) == timedelta(hours=30)
    assert max_age(entry(backup_policy={"recovery_point_max_age_hours": 12.5}), PRODUCT) == timedelta(hours=12.5)


@pytest.mark.parametrize(("hours", "recent"), [(0, True), (30, True), (30.01, False)])
def test_a_point_is_recent_up_to_that_age(hours: float, recent: bool) -> None:  # expected
    assert is_recent(point(created=NOW - timedelta(hours=hours)), NOW, timedelta(hours=30)) is recent


def test_none_is_not_recent_and_a_continuous_one_always() -> None:
    assert not is_recent(None, NOW, timedelta(hours=30))
    assert is_recent(point(created=NOW - timedelta(days=90), continuous=True), NOW, timedelta(hours=30))


def test_copies_go_where_the_link_and_the_rules_say_each_once() -> None:
    linked = stack(parameters={"pDestinationBackupVaultArn": DESTINATION})
    rules = [selection(copies_to=("arn:second", DESTINATION)), selection(copies_to=("arn:second",))]
    assert destinations(linked, PRODUCT, rules) == (DESTINATION, "arn:second")
    assert destinations(linked, load("generic"), [selection()]) == ()
