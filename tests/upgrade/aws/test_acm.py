"""A certificate is told with its end; one that is not there is refused as such."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.aws.acm import read_certificate
from upgrade.aws.errors import reason_of
from upgrade.facts.known import Reason


def test_an_imported_certificate_is_told_with_its_end(world: World) -> None:
    arn = things.certificate(world, days=25)
    found = read_certificate(world.client("acm"), arn)

    assert (found.arn, found.domain, found.status, found.renews) == (arn, "co.example.com", "ISSUED", False)
    assert found.expires is not None
    assert timedelta(days=24) < found.expires - datetime.now(UTC) < timedelta(days=26)


def test_one_that_is_absent_is_not_found(world: World) -> None:
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"
    with pytest.raises(ClientError) as error:
        read_certificate(world.client("acm"), arn)
    assert reason_of(error.value) is Reason.NOT_FOUND
