"""One sandbox for all tests of the gate, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.upgrade.world import World


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    env_file = tmp_path_factory.mktemp("sandbox") / "env"
    command = [sys.executable, "-m", "sandbox", "serve", "--port=0", "--scenario=empty", f"--env-file={env_file}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        told = process.stderr.readline() if process.stderr else ""
        if not env_file.exists():
            pytest.fail(f"the sandbox did not start: {told}{process.communicate()[1]}")
        yield World.read(env_file)
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def world(_served: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The sandbox, without faults, and the environment that leads the gate to it."""
    for name, value in _served.environment.items():
        monkeypatch.setenv(name, value)
    _served.calm()
    return _served
