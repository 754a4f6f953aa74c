"""Contract with moto: the places where ours are put in."""

import pytest
from moto.core.base_backend import BackendDict
from moto.rds import urls
from moto.rds.models import RDSBackend, rds_backends

from sandbox import services
from sandbox.knobs import Knobs
from sandbox.services.backends import use_backend


def test_our_backends_are_made_and_know_their_routes() -> None:
    backend = rds_backends["111122223333"]["eu-west-1"]
    assert type(backend) is not RDSBackend
    assert isinstance(backend, RDSBackend)
    assert backend._url_module is urls


def test_installing_again_keeps_what_is_there() -> None:
    before = rds_backends["111122223333"]["eu-west-1"]
    services.install(Knobs())
    assert rds_backends["111122223333"]["eu-west-1"] is before


@pytest.mark.parametrize("account", ["111122223333"])
def test_another_backend_starts_empty(account: str) -> None:
    class Other(RDSBackend):  # type: ignore[misc]  # moto ships no types
        pass

    backends = BackendDict(RDSBackend, "rds")
    first = backends[account]["us-east-1"]
    use_backend(backends, Other)
    assert backends[account]["us-east-1"] is not first
    assert isinstance(backends[account]["us-east-1"], Other)
