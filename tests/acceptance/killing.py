"""Upgrades that are killed in their middle, and what is left of them."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from reports.chain import Chain
from tests.acceptance.gate import CHECKOUT, LIMIT, Run, gate_in
from tests.acceptance.standing import Standing
from upgrade.facts.journal import Act, Record


def upgrade(sandbox: Standing, evidence: Path, *arguments: str, root: Path = CHECKOUT) -> Run:
    command = ("--stack", "demo", "--upgrade", *arguments)
    return gate_in(root, evidence, *command, environment=sandbox.environment)


def killed(sandbox: Standing, evidence: Path, operation: str, *arguments: str) -> str:
    """Start an upgrade and kill it once this operation was answered; its id."""
    with started(sandbox, evidence, *arguments) as process:
        run = reach(evidence, Act.ACCEPTED, operation)
        process.send_signal(signal.SIGKILL)
    return run


def started(
    sandbox: Standing, evidence: Path, *arguments: str, stdout: int | IO[bytes] = subprocess.DEVNULL
) -> "subprocess.Popen[bytes]":
    """An upgrade that goes on by itself."""
    command = [sys.executable, "-m", "pytest", "--stack", "demo", "--upgrade", *arguments, f"--evidence={evidence}"]
    nothing = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=CHECKOUT, env=sandbox.environment, stdin=nothing, stdout=stdout)


def reach(evidence: Path, act: Act, operation: str) -> str:
    """Wait until a journal says this of an operation; the run."""
    deadline = time.monotonic() + LIMIT
    while not (found := [each.run for each in records(evidence) if each.call.endswith(operation) and each.act is act]):
        assert time.monotonic() < deadline, f"{operation} never came to be {act}"
        time.sleep(0.05)  # noqa: TID251  # another process is at work
    return found[0]


def records(evidence: Path) -> list[Record]:
    """All that is in the journals."""
    return [record for path in evidence.glob(".journal/demo/*/events.jsonl") for record in Chain(path).read().records]


def stack_of(evidence: Path) -> str:
    return next(record.told["stack"] for record in records(evidence) if "stack" in record.told)


def updates(sandbox: Standing, stack: str) -> int:
    """How many updates of the stack have begun."""
    pages = sandbox.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack)
    events = [event for page in pages for event in page["StackEvents"] if event["PhysicalResourceId"] == stack]
    return sum(event["ResourceStatus"] == "UPDATE_IN_PROGRESS" for event in events)
