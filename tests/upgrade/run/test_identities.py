"""Who reads and who executes: from the entry, each connection once."""

from tests.builders import entry
from tests.upgrade.world import ACCOUNT, World
from upgrade.aws.session import Aws
from upgrade.clock import SystemClock
from upgrade.facts.known import Known
from upgrade.run.identities import Identities


def identities(world: World, **changes: object) -> Identities:
    clock = SystemClock()
    return Identities(Aws(clock, world.url), entry(**changes), clock)


def test_without_a_role_one_connection_does_both(world: World) -> None:
    made = identities(world)
    assert made.executing is made.reading() is made.reading(entry(name="other"))


def test_a_role_that_executes_does_not_read(world: World) -> None:
    reader, writer = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("reader", "writer"))
    made = identities(world, assume_role_arn=reader, execute_role_arn=writer)
    assert made.executing is not made.reading()
    who = made.who()
    assert isinstance(who, Known)
    assert ":assumed-role/reader/" in who.value.arn


def test_a_role_that_only_is_assumed_does_both(world: World) -> None:
    made = identities(world, assume_role_arn=f"arn:aws:iam::{ACCOUNT}:role/reader")
    assert made.executing is made.reading()


def test_only_in_account_and_region_of_the_entry_it_is_where_it_should_be(world: World) -> None:
    assert identities(world).are_where_they_should_be
    assert not identities(world, account_id="999988887777").are_where_they_should_be


def test_nothing_is_archived_where_no_place_is_named(world: World) -> None:
    assert identities(world).archive() is None
    archive = identities(world, evidence={"archive": "s3://company/plimsoll"}).archive()
    assert archive is not None
