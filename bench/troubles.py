"""What else may befall an upgrade, and the verdicts that are right then. `python -m bench.kill_matrix --faults` tries them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.scenarios.stage import BUCKET
from sandbox.server import Account

STACK = "codeocean"
PACE = 0.05
"""Seconds between two looks."""
PATIENCE = 60
"""Seconds after which what is awaited does not come."""

Act = Callable[[Account], None]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One of them."""

    name: str
    right: tuple[str, ...]
    """Each verdict that is right; of two gates both, in alphabetical order."""
    knobs: Mapping[str, Any] = field(default_factory=dict)
    act: Act | None = None
    """What somebody does meanwhile."""
    options: tuple[str, ...] = ()
    """With which the gate is started, but for `--upgrade`."""
    gates: int = 1
    """So many start at the same moment."""
    machines: int = 1
    """On one, or each on a machine of its own: a lock is kept per machine."""


def _rule(kind: str, **keys: object) -> dict[str, Any]:
    return {"api": [{"kind": kind, **keys}]}


def _hold(action: str, times: int = 1) -> dict[str, Any]:
    """A call waits until it is let go, and is then carried out."""
    return _rule("latency", action=action, times=times, hold=True)


# ---- what somebody does ----------------------------------------------------------------------------------------------


def _await(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < deadline:
        time.sleep(PACE)  # noqa: TID251  # nothing tells it


def _status(account: Account) -> str:
    stacks = account.stage.client("cloudformation").describe_stacks()["Stacks"]
    return str(next((each["StackStatus"] for each in stacks if each["StackName"] == STACK), "DELETE_COMPLETE"))


def _held(do: Act, calls: int = 1) -> Act:
    """Do something while that many calls are held, then let them go."""

    def act(account: Account) -> None:
        _await(lambda: len(account.layer.held.calls()) >= calls)
        do(account)
        account.layer.held.release()

    return act


def _updating(do: Act) -> Act:
    """Do something as soon as the stack is being updated."""

    def act(account: Account) -> None:
        _await(lambda: _status(account) == "UPDATE_IN_PROGRESS")
        do(account)

    return act


def _nothing(_: Account) -> None:
    """Only let go."""


def _expire(account: Account) -> None:
    account.knobs.set(_rule("expired"))


def _expire_for_a_moment(account: Account) -> None:
    account.knobs.set(_rule("expired", times=4))


def _update(account: Account) -> None:
    """Somebody else updates the stack."""
    cloudformation = account.stage.client("cloudformation")
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    cloudformation.update_stack(
        StackName=STACK,
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": each["ParameterKey"], "UsePreviousValue": True} for each in stack["Parameters"]],
        Capabilities=account.stage.capabilities,
        Tags=[*stack["Tags"], {"Key": "by", "Value": "somebody else"}],
    )


def _update_to_its_end(account: Account) -> None:
    _update(account)
    _await(lambda: _status(account) == "UPDATE_COMPLETE")


def _update_after(account: Account) -> None:
    """Somebody else's update follows ours at once."""
    _await(lambda: _status(account) == "UPDATE_COMPLETE")
    _update(account)


def _delete_stack(account: Account) -> None:
    cloudformation = account.stage.client("cloudformation")
    cloudformation.update_termination_protection(StackName=STACK, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=STACK)
    _await(lambda: _status(account).startswith("DELETE"))


def _delete_change_set(account: Account) -> None:
    cloudformation = account.stage.client("cloudformation")
    for each in cloudformation.list_change_sets(StackName=STACK)["Summaries"]:
        cloudformation.delete_change_set(ChangeSetName=each["ChangeSetId"])


def _replace_templates(account: Account) -> None:
    """Whatever is published, is so with one more line."""
    s3 = account.stage.client("s3")
    for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        body = s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read()
        s3.put_object(Bucket=BUCKET, Key=each["Key"], Body=body + b"\n# mended\n")


# ---- all of them -----------------------------------------------------------------------------------------------------

GOOD, REFUSED, CANNOT_TELL, UNKNOWN = ("UPGRADED",), ("REFUSED",), ("CANNOT_TELL",), ("UNKNOWN",)
BOTH = ("REFUSED and UPGRADED",)

TROUBLES = (
    Trouble("every third call is throttled", GOOD, _rule("throttle", every=3)),
    Trouble("every fifth call ends in a 500", GOOD, _rule("http500", every=5)),
    Trouble("every fifth connection is reset", GOOD, _rule("drop", every=5)),
    Trouble("every fifth answer is cut off", GOOD, _rule("cut", every=5)),
    Trouble("every call takes two seconds", GOOD, _rule("latency", delay=2)),
    Trouble("the answer to CreateChangeSet is lost", GOOD, _rule("lost", action="CreateChangeSet", times=1)),
    Trouble("the answer to ExecuteChangeSet is lost", GOOD, _rule("lost", action="ExecuteChangeSet", times=1)),
    Trouble("the answer to ExecuteChangeSet is cut off", GOOD, _rule("cut", action="ExecuteChangeSet", times=1)),
    Trouble("ExecuteChangeSet never arrives", UNKNOWN, _rule("drop", action="ExecuteChangeSet")),
    Trouble("the session has expired before", CANNOT_TELL, _rule("expired")),
    Trouble("the session expires while facts are read", CANNOT_TELL, _rule("expired", after=60)),
    Trouble("the session has expired at the execution", REFUSED, _rule("expired", action="ExecuteChangeSet")),
    Trouble(
        "the session expires while the stack is updated", UNKNOWN, act=_updating(_expire), options=("--timeout=0.5",)
    ),
    Trouble("and there are new credentials", GOOD, act=_updating(_expire_for_a_moment)),
    Trouble("our clock is ten minutes slow", CANNOT_TELL, {"clock": 600, **_rule("skewed")}),
    Trouble("there is one event on a page", GOOD, {"page": 1}),
    Trouble("events come late and in no order", GOOD, {"scatter": 1.0}),
    Trouble("a status is an old one for a while", GOOD, {"lag": 1.5}),
    Trouble("another's update runs at the execution", REFUSED, _hold("ExecuteChangeSet"), _held(_update)),
    Trouble("another's update comes before", REFUSED, _hold("ExecuteChangeSet"), _held(_update_to_its_end)),
    Trouble("another's update follows", ("UNHEALTHY", "UPGRADED"), act=_updating(_update_after)),
    Trouble("the stack is deleted before", REFUSED, _hold("ExecuteChangeSet"), _held(_delete_stack)),
    Trouble("the change set is deleted before", REFUSED, _hold("ExecuteChangeSet"), _held(_delete_change_set)),
    Trouble("the template is replaced after the plan", REFUSED, _hold("DescribeChangeSet"), _held(_replace_templates)),
    Trouble(
        "two machines execute at the same instant",
        BOTH,
        _hold("ExecuteChangeSet", times=2),
        _held(_nothing, calls=2),
        gates=2,
        machines=2,
    ),
    Trouble("two gates start on one machine", BOTH, gates=2),
)
