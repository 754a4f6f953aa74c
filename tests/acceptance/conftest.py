"""Sandboxes that several tests share."""

from collections.abc import Iterator

import pytest

from tests.acceptance.standing import Standing, standing


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """The healthy world, for runs that change nothing in it."""
    with standing(tmp_path_factory.mktemp("healthy"), "healthy") as sandbox:
        yield sandbox
