import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.upgrade.rules.envelopes import KEYS, Reader, pem
from upgrade.facts.review import Approval
from upgrade.rules.approvals import read


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Public keys by printed name, in files."""
    folder = tmp_path_factory.mktemp("keys")
    for name, key in KEYS.items():
        (folder / f"{name}.pem").write_bytes(pem(key))
    return {name: folder / f"{name}.pem" for name in KEYS}


@pytest.fixture
def reading(tmp_path: Path, keys: Mapping[str, Path]) -> Reader:
    """Write a document to a file and read it."""

    def write_and_read(document: object) -> Approval:
        path = tmp_path / "approval.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return read(path, keys)

    return write_and_read
