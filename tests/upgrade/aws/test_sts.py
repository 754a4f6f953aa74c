"""Who asks, and where."""

from tests.upgrade.world import ACCOUNT, World
from upgrade.aws.errors import fact
from upgrade.aws.session import Access, Aws
from upgrade.aws.sts import read_identity
from upgrade.clock import SystemClock
from upgrade.facts.known import Reason, Unknown


def test_the_caller_is_told_with_the_region_of_the_client(world: World) -> None:
    client = Aws(SystemClock(), world.url).connect(Access("eu-central-1")).client("sts")
    found = read_identity(client)
    assert (found.account, found.region) == (ACCOUNT, "eu-central-1")
    assert found.arn.startswith(f"arn:aws:sts::{ACCOUNT}:")


def test_an_expired_session_is_nobody(world: World) -> None:
    world.fail("GetCallerIdentity", "expired")
    found = fact(SystemClock(), "sts:GetCallerIdentity", lambda: read_identity(world.client("sts")))
    assert isinstance(found, Unknown)
    assert found.reason is Reason.EXPIRED
