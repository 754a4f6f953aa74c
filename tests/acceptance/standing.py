"""A sandbox that stands for several commands, in a process of its own."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from tests.acceptance.gate import CHECKOUT


@dataclass(frozen=True)
class Standing:
    """Where it answers, and what a client must have in its environment."""

    url: str
    environment: dict[str, str]

    def set(self, **knobs: Any) -> None:
        """Turn knobs (`sandbox.knobs.Knobs`)."""
        body = json.dumps(knobs).encode()
        urllib.request.urlopen(f"{self.url}/__sandbox__/faults", data=body, timeout=30).close()  # noqa: S310  # loopback

    def client(self, service: str) -> Any:
        """A boto3 client of it, with which somebody else does something."""
        session = boto3.Session(aws_access_key_id="AKIASANDBOX000000001", aws_secret_access_key="0" * 40)
        return session.client(service, endpoint_url=self.url, region_name="us-east-1")

    def calls(self) -> list[dict[str, Any]]:
        """Every call it has received."""
        with urllib.request.urlopen(f"{self.url}/__sandbox__/calls", timeout=30) as answer:  # noqa: S310  # loopback
            document = json.load(answer)
        found: list[dict[str, Any]] = document["calls"] if isinstance(document, dict) else document
        return found

    def operations(self) -> list[str]:
        """Names of the operations it was asked for."""
        return [str(call["action"]) for call in self.calls()]

    def mutations(self) -> list[str]:
        """Names of those that changed something."""
        return [str(call["action"]) for call in self.calls() if call["mutating"]]


@contextmanager
def standing(folder: Path, scenario: str) -> Iterator[Standing]:
    """Serve a scenario until the block ends."""
    env_file = folder / "env"
    command = [sys.executable, "-m", "sandbox", "serve", f"--scenario={scenario}", f"--env-file={env_file}"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            for _ in server.stdout:
                if env_file.exists() and "PLIMSOLL_SANDBOX_STACKS" in env_file.read_text():
                    break
            environment = dict(re.findall(r"^export (\w+)='?([^'\n]*)'?$", env_file.read_text(), re.MULTILINE))
            yield Standing(environment["PLIMSOLL_SANDBOX"], environment)
        finally:
            server.terminate()
