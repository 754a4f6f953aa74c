"""One browser for all tests of pages."""

from collections.abc import Generator

import pytest

from tests.reports.browser import Browser, started


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Generator[Browser, None, None]:
    with started(tmp_path_factory.mktemp("chromium")) as running:
        yield running
