"""docs/iam-policy.json is enough for a gate, and without any one of its actions no gate is opened blindly."""

import importlib
import inspect
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.gate import CHECKOUT, pytest_gate
from tests.acceptance.standing import Standing, standing
from upgrade.aws.errors import CODES
from upgrade.catalogue import CheckInfo, Outcome, Phase, catalogue
from upgrade.config.stacks import load
from upgrade.facts.known import Reason
from upgrade.gate.decision import Decision, gate, stopping
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Verdict
from upgrade.gate.results import entry_of
from upgrade.run.session import Run
from upgrade.template import lint

POLICY: dict[str, Any] = json.loads((CHECKOUT / "docs/iam-policy.json").read_text(encoding="utf-8"))
ACTIONS = sorted(action for statement in POLICY["Statement"] for action in statement["Action"])
PUBLIC = frozenset({"s3:GetObject"})
"""What is not missed: the vendor's templates are public, and read unsigned where signed may not be."""
TOLD = frozenset({"cloudformation:DescribeChangeSetHooks", "cloudformation:DescribeEvents"})
"""What a plan is judged without: what CloudFormation says of it beforehand."""
USER = "gate"


class Guarded:
    """A healthy world in which policies are enforced, and the keys of a user in it."""

    def __init__(self, sandbox: Standing) -> None:
        self.sandbox, self._iam = sandbox, sandbox.client("iam")
        self._iam.create_user(UserName=USER)
        key = self._iam.create_access_key(UserName=USER)["AccessKey"]
        self.environment = {
            **sandbox.environment,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        self._granted: list[str] = []
        sandbox.set(enforce=True, pace=0.0, change_set_delay=0.0, drift_delay=0.0, health_delay=0.0)

    def grant(self, lacking: str = "") -> None:
        """Attach the policy, without one action."""
        statements = [
            {**statement, "Action": [each for each in statement["Action"] if each != lacking]}
            for statement in POLICY["Statement"]
        ]
        document = {**POLICY, "Statement": [statement for statement in statements if statement["Action"]]}
        name = f"gate-{len(self._granted)}"
        made = self._iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))["Policy"]["Arn"]
        for arn in self._granted[-1:]:
            self._iam.detach_user_policy(UserName=USER, PolicyArn=arn)
        self._iam.attach_user_policy(UserName=USER, PolicyArn=made)
        self._granted.append(made)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with standing(tmp_path_factory.mktemp("guarded"), "healthy") as sandbox:
        yield Guarded(sandbox)


@pytest.fixture
def inside(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> Guarded:
    """The environment of who runs the gate, for a run in this process."""
    for name, value in guarded.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(lint, "errors", _lint)
    return guarded


_lint = cache(lint.errors)


def judged(run: Run) -> tuple[Decision, str]:
    """What the preflight checks come to, and all that they say."""
    before = run.collect_before()
    facts: dict[str, Any] = {
        "before": before, "entry": run.entry, "product": run.product, "review": run.review(before), "now": run.clock.now(),
    }  # fmt: skip
    entries = [said(info, facts) for info in catalogue() if info.phase is Phase.FACTS]
    later = [info for info in catalogue() if info.phase is Phase.PLAN]
    if stopping(entry for entry in entries if entry.check.guards_plan):
        entries += [Entry(info, Outcome.BLOCKED) for info in later]
    else:
        facts["plan"] = run.make_plan(before)
        entries += [said(info, facts) for info in later]
    told = [text for each in entries for text in (each.detail, *(finding.found for finding in each.findings))]
    return gate(entries), "\n".join(told)


def said(info: CheckInfo, facts: dict[str, Any]) -> Entry:
    path = Path(info.file)
    check = getattr(importlib.import_module(".".join(path.with_suffix("").parts)), path.stem)
    raised = None
    try:
        check(**{name: facts[name] for name in inspect.signature(check).parameters})
    except Exception as error:  # noqa: BLE001  # whatever it is, the gate makes a result of it
        raised = error
    return entry_of(info, raised, facts["now"], 0.0)


def test_the_policy_is_all_that_a_gate_needs(guarded: Guarded, tmp_path: Path) -> None:
    guarded.grant()
    run = pytest_gate(tmp_path, "--stack=demo", **guarded.environment)

    assert run.code == 0, run.output
    assert run.latest["verdict"] == "GO"
    assert f":user/{USER}" in json.dumps(run.record)


def test_a_gate_that_may_not_look_says_what_is_missing(guarded: Guarded, tmp_path: Path) -> None:
    guarded.grant(lacking="batch:ListJobs")
    run = pytest_gate(tmp_path, "--stack=demo", **guarded.environment)

    assert run.code == 11, run.output
    assert run.outcome("gate-may-look") == "error"
    assert "batch:ListJobs" in run.output


@pytest.mark.parametrize("action", ACTIONS)
def test_without_an_action_the_gate_says_what_it_could_not_read(inside: Guarded, action: str) -> None:
    inside.grant(lacking=action)
    run = Run(load(Path(inside.environment["PLIMSOLL_SANDBOX_STACKS"])), "demo")
    decision, told = judged(run)
    denied = [call for call in run.calls() if call.outcome in CODES[Reason.DENIED]]

    blind = bool(denied) and action not in PUBLIC | TOLD
    assert decision.verdict is (Verdict.CANNOT_TELL if blind else Verdict.GO), decision
    assert action in told or not denied or action in PUBLIC


def test_a_role_that_may_not_be_passed_makes_no_plan(inside: Guarded) -> None:
    roles = inside.sandbox.client("iam").list_roles()["Roles"]
    role = next(each["Arn"] for each in roles if each["RoleName"] == "CodeOceanLeastPrivilegedDeployRole")
    configured = Path(inside.environment["PLIMSOLL_SANDBOX_STACKS"])
    stacks = configured.with_name("with-a-role.toml")  # beside the files it names
    stacks.write_text(
        configured.read_text(encoding="utf-8").replace(
            "[stacks.demo]\n", f'[stacks.demo]\nservice_role_arn = "{role}"\n', 1
        )
    )

    inside.grant()
    assert judged(Run(load(stacks), "demo"))[0].verdict is Verdict.GO
    inside.grant(lacking="iam:PassRole")
    decision, told = judged(Run(load(stacks), "demo"))
    assert decision.verdict is Verdict.CANNOT_TELL, decision
    assert "iam:PassRole" in told
