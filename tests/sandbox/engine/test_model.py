"""Random lives of a stack against a model: after any sequence, template, parameters, resources and services agree."""

import itertools
import json
from typing import Any, ClassVar

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sandbox import api, clients, services
from sandbox.account import ACCOUNT, REGION
from sandbox.api.cloudformation import CloudFormation
from sandbox.engine.details import differences
from sandbox.engine.lookup import evaluator
from sandbox.engine.world import World
from sandbox.knobs import Knobs

NAMES = "ABCDE"
AT_REST = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
_numbers = itertools.count()


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """Some of five resources, each needing some of the earlier ones; every value may lead to an update, every fixed
    name to a replacement.
    """
    chosen = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(sorted))
    resources: dict[str, Any] = {}
    for index, name in enumerate(chosen):
        value: Any = draw(st.sampled_from(["1", "2", {"Ref": "P"}]))
        needed = draw(st.none() | st.sampled_from(chosen[:index])) if index else None
        if needed and draw(st.booleans()):
            value = {"Fn::Sub": f"${{{needed}}}-x"}
            needed = None
        properties = {"Type": "String", "Value": value}
        if draw(st.integers(0, 3)) == 0:
            properties["Name"] = {"Fn::Sub": f"${{AWS::StackName}}-{name}-{draw(st.sampled_from('12'))}"}
        resources[name] = {"Type": "AWS::SSM::Parameter", "Properties": properties}
        if needed:
            resources[name]["DependsOn"] = needed
        if draw(st.integers(0, 4)) == 0:
            resources[name]["Metadata"] = {"v": draw(st.integers(1, 2))}
    outputs = {"O": {"Value": {"Ref": chosen[0]}}, "F": {"Value": draw(st.sampled_from("xy"))}}
    return {"Parameters": {"P": {"Type": "String"}}, "Resources": resources, "Outputs": outputs}


values = st.sampled_from(["p", "q"])
tags = st.sampled_from([[], [{"Key": "k", "Value": "1"}], [{"Key": "k", "Value": "2"}]])
faults = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from(["create", "update", "rollback"]), min_size=1, max_size=2
)


class Life(RuleBasedStateMachine):
    """One stack, what was asked of it, and what is expected to be."""

    installed: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        if not Life.installed:
            services.install(Knobs())
            Life.installed = True
        self.knobs = Knobs()
        self.world = World(self.knobs)
        self.before_world = getattr(CloudFormation, "_world", self.world)
        api.install(self.world)
        self.s3 = clients.client("s3", REGION)
        self.cloudformation = clients.client("cloudformation", REGION)
        self.ssm = clients.client("ssm", REGION)
        self.name = f"life{next(_numbers)}"
        self.wanted: dict[str, Any] = {}
        self.given: dict[str, str] = {}
        self.tags: list[dict[str, str]] = []
        self.stable: dict[str, Any] = {}
        self.skipped: set[str] = set()
        """Left as they were by a rollback: they differ from the stack until something touches them."""

    def teardown(self) -> None:
        api.install(self.before_world)

    # --- helpers ----------------------------------------------------------------------------------------------------

    @property
    def status(self) -> str:
        return self.world.region(ACCOUNT, REGION).stack(self.name).state.status

    def request(self, body: dict[str, Any], value: str, tagged: list[dict[str, str]]) -> dict[str, Any]:
        return {
            "StackName": self.name,
            "TemplateBody": json.dumps(body),
            "Parameters": [{"ParameterKey": "P", "ParameterValue": value}],
            "Tags": tagged,
        }

    def update(self, body: dict[str, Any], value: str, tagged: list[dict[str, str]], **more: Any) -> bool:
        """Update; False if there was nothing to do."""
        try:
            self.cloudformation.update_stack(**self.request(body, value, tagged), **more)
        except ClientError as error:
            if error.response["Error"]["Message"] != "No updates are to be performed.":
                raise
            return False
        return True

    def expect(self, body: dict[str, Any], value: str, tagged: list[dict[str, str]]) -> None:
        """The stack is what it was asked to be."""
        self.wanted, self.given, self.tags = body, {"P": value}, tagged
        before, self.stable = self.stable.get("resources", {}), self.picture()
        self.skipped = {name for name in self.skipped if self.stable["resources"].get(name) == before[name]}

    def picture(self) -> dict[str, Any]:
        stack = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
        rows = self.cloudformation.list_stack_resources(StackName=self.name)["StackResourceSummaries"]
        return {
            "template": self.cloudformation.get_template(StackName=self.name)["TemplateBody"],
            "parameters": stack["Parameters"],
            "outputs": stack["Outputs"],
            "tags": stack["Tags"],
            "resources": {row["LogicalResourceId"]: row["PhysicalResourceId"] for row in rows},
        }

    # --- a life -----------------------------------------------------------------------------------------------------

    @initialize(body=templates(), value=values, tagged=tags)
    def create(self, body: dict[str, Any], value: str, tagged: list[dict[str, str]]) -> None:
        self.cloudformation.create_stack(**self.request(body, value, tagged))
        assert self.status == "CREATE_COMPLETE"
        self.expect(body, value, tagged)

    @precondition(lambda self: self.status in AT_REST)
    @rule(body=templates(), value=values, tagged=tags)
    def succeed(self, body: dict[str, Any], value: str, tagged: list[dict[str, str]]) -> None:
        if self.update(body, value, tagged):
            assert self.status == "UPDATE_COMPLETE"
            self.expect(body, value, tagged)

    @precondition(lambda self: self.status in AT_REST)
    @rule(body=templates(), value=values, tagged=tags)
    def execute(self, body: dict[str, Any], value: str, tagged: list[dict[str, str]]) -> None:
        made = self.cloudformation.create_change_set(**self.request(body, value, tagged), ChangeSetName="c")["Id"]
        found = self.cloudformation.describe_change_set(ChangeSetName=made)
        planned = {change["ResourceChange"]["LogicalResourceId"] for change in found["Changes"]}
        if found["Status"] == "FAILED":
            self.cloudformation.delete_change_set(ChangeSetName=made)
            return
        seen = len(self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"])
        self.cloudformation.execute_change_set(ChangeSetName=made)
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        touched = {event["LogicalResourceId"] for event in events[: len(events) - seen]} - {self.name}
        assert touched <= planned
        self.expect(body, value, tagged)

    @precondition(lambda self: self.status in AT_REST)
    @rule(body=templates(), value=values, tagged=tags, failing=faults, disabled=st.booleans())
    def fail(
        self, body: dict[str, Any], value: str, tagged: list[dict[str, str]], failing: dict[str, str], disabled: bool
    ) -> None:
        self.knobs.resources = {name: {"on": on, "reason": "no"} for name, on in failing.items()}
        if self.update(body, value, tagged, DisableRollback=disabled) and self.status == "UPDATE_COMPLETE":
            self.expect(body, value, tagged)
        self.knobs.resources = {}
        self.tidy()

    @precondition(lambda self: self.status in AT_REST)
    @rule(body=templates(), value=values, tagged=tags, stuck=st.sampled_from(NAMES))
    def fail_and_stick(self, body: dict[str, Any], value: str, tagged: list[dict[str, str]], stuck: str) -> None:
        """The rollback fails as well."""
        last = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1"}}
        names = list(body["Resources"])
        body = {**body, "Resources": {**body["Resources"], "Z": {**last, "DependsOn": names}}}
        self.knobs.resources = {"Z": {"on": "create", "reason": "no"}, stuck: {"on": "rollback", "reason": "gone"}}
        if "Z" in self.wanted["Resources"]:
            self.knobs.resources["Z"]["on"] = "update"
        if self.update(body, value, tagged) and self.status == "UPDATE_COMPLETE":
            self.expect(body, value, tagged)
        self.knobs.resources = {}
        self.tidy()

    @precondition(lambda self: self.status == "UPDATE_ROLLBACK_FAILED")
    @rule(skip=st.booleans())
    def carry_on(self, skip: bool) -> None:
        rows = self.cloudformation.list_stack_resources(StackName=self.name)["StackResourceSummaries"]
        failed = [row["LogicalResourceId"] for row in rows if row["ResourceStatus"] == "UPDATE_FAILED"]
        more = {"ResourcesToSkip": failed} if skip else {}
        self.cloudformation.continue_update_rollback(StackName=self.name, **more)
        assert self.status == "UPDATE_ROLLBACK_COMPLETE"
        self.skipped |= set(failed) if skip else set()

    @precondition(lambda self: self.status == "UPDATE_FAILED")
    @rule()
    def take_back(self) -> None:
        self.cloudformation.rollback_stack(StackName=self.name)
        assert self.status == "UPDATE_ROLLBACK_COMPLETE"

    @precondition(lambda self: self.status == "UPDATE_FAILED")
    @rule(body=templates(), value=values, tagged=tags)
    def retry(self, body: dict[str, Any], value: str, tagged: list[dict[str, str]]) -> None:
        self.update(body, value, tagged)
        assert self.status == "UPDATE_COMPLETE"
        self.expect(body, value, tagged)

    @precondition(lambda self: self.status in AT_REST)
    @rule(body=templates(), value=values)
    def start_again(self, body: dict[str, Any], value: str) -> None:
        self.cloudformation.delete_stack(StackName=self.name)
        assert self.in_service() == {}
        self.create(body, value, [])

    # --- what must hold ---------------------------------------------------------------------------------------------

    def in_service(self) -> dict[str, str]:
        """Name and value of every parameter the stack made."""
        begins = {"Key": "Name", "Option": "BeginsWith", "Values": [f"{self.name}-"]}
        found = self.ssm.describe_parameters(ParameterFilters=[begins], MaxResults=50)["Parameters"]
        names = [row["Name"] for row in found]
        values = self.ssm.get_parameters(Names=names)["Parameters"] if names else []
        return {row["Name"]: row["Value"] for row in values}

    def tidy(self) -> None:
        """Delete by hand what a clean-up could not delete; the stack is at rest all the same."""
        last: dict[str, str] = {}
        for event in self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]:
            last.setdefault(event["PhysicalResourceId"], event["ResourceStatus"])
        left = [physical_id for physical_id, status in last.items() if status == "DELETE_FAILED"]
        if left:
            self.ssm.delete_parameters(Names=left)

    @invariant()
    def stack_equals_the_model(self) -> None:
        if not self.wanted or self.status not in AT_REST:
            return
        assert self.picture() == self.stable
        assert self.stable["template"] == self.wanted
        assert self.stable["parameters"] == [{"ParameterKey": "P", "ParameterValue": self.given["P"]}]
        assert set(self.stable["resources"]) == set(self.wanted["Resources"])

    @invariant()
    def services_equal_the_stack(self) -> None:
        if not self.wanted or self.status not in AT_REST:
            return
        region = self.world.region(ACCOUNT, REGION)
        stack = region.stack(self.name)
        assert stack.state.definition is not None
        evaluated, _ = evaluator(region, stack, stack.state.definition)
        made = self.in_service()
        assert set(made) == set(self.stable["resources"].values())
        for name, row in stack.state.resources.items():
            assert not list(differences(dict(row.properties), evaluated.properties(name)))
            assert row.declared == evaluated.attributes(name)
            assert row.tags == stack.state.definition.tags
            if name not in self.skipped:
                assert made[row.physical_id] == row.properties["Value"]


TestLife = Life.TestCase
TestLife.settings = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    max_examples=15,
    stateful_step_count=10,
    suppress_health_check=list(HealthCheck),
)
