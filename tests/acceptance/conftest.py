"""Sandboxes and checkouts that several tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.checkout import copied
from tests.acceptance.standing import Standing, standing


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """The healthy world, for runs that change nothing in it."""
    with standing(tmp_path_factory.mktemp("healthy"), "healthy") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of one's own that nobody damages."""
    return copied(tmp_path_factory.mktemp("whole"))
