"""Where facts come from."""

import pytest

from tests.builders import entry
from tests.upgrade.world import World
from upgrade.aws.session import Connection


def test_a_client_is_made_when_it_is_first_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = Connection._make

    def noted(self: Connection, service: str, *, signed: bool, attempts: int) -> object:
        made.append(service)
        return make(self, service, signed=signed, attempts=attempts)

    monkeypatch.setattr(Connection, "_make", noted)
    client = world.source(entry()).client("ec2")
    assert made == []

    assert client.describe_account_attributes()
    assert client.get_paginator("describe_volumes")
    assert made == ["ec2"]
