"""Parameters are read by name, many at once, and what does not exist is left out; a secret one is never decrypted."""

from uuid import uuid4

from tests.upgrade.world import World
from upgrade.aws.ssm import AT_ONCE, read_parameters


def test_all_that_exist_are_told_by_name(world: World) -> None:
    client, folder = world.client("ssm"), f"/{uuid4()}"
    names = [f"{folder}/{number}" for number in range(AT_ONCE + 2)]
    for name in names:
        client.put_parameter(Name=name, Value=name.rpartition("/")[2], Type="String")
    found = read_parameters(client, [*names, "/absent"])
    assert found == {name: name.rpartition("/")[2] for name in names}


def test_a_secret_is_not_decrypted(world: World) -> None:
    client, name = world.client("ssm"), f"/{uuid4()}"
    client.put_parameter(Name=name, Value="hunter2", Type="SecureString")
    assert "hunter2" not in (read_parameters(client, [name])[name], "")
