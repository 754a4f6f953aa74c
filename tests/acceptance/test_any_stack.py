"""The gate upgrades whatever CloudFormation can deploy, with product `generic`: the template says all there is to know."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.gate import Run, pytest_gate
from tests.acceptance.standing import Standing, standing

BUCKET = "any-stack"
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "NAME"}}

YAML = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Env: {Type: String, Default: prod, AllowedValues: [prod, val]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Mappings:
  Names: {prod: {name: NAME}}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Sub
        - "${Name}-x"
        - Name: !FindInMap [Names, !Ref Env, name]
  Bucket:
    Type: AWS::S3::Bucket
    Condition: IsProd
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
Outputs:
  Topic:
    Value: !Join ["/", [!Ref Topic, !GetAtt Topic.TopicName]]
"""

JAVA = {
    "Parameters": {
        "Letters": {"Type": "String", "Default": "abc", "AllowedPattern": "\\p{L}+"},
        "Word": {"Type": "String", "Default": "abc", "AllowedPattern": "(?<word>[a-z]+)"},
    },
    "Resources": {"Topic": TOPIC},
}
RULES = {
    "Parameters": {"Vpc": {"Type": "String", "Default": ""}, "Zone": {"Type": "String", "Default": "a"}},
    "Rules": {
        "Zone": {
            "RuleCondition": {"Fn::Equals": [{"Ref": "Vpc"}, ""]},
            "Assertions": [{"Assert": {"Fn::Contains": [["a", "b"], {"Ref": "Zone"}]}, "AssertDescription": "a or b"}],
        }
    },
    "Resources": {"Topic": TOPIC},
}
STORED = {
    "Parameters": {"Size": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/any/size"}},
    "Resources": {
        "Topic": TOPIC,
        "Other": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Size"}}},
        "Third": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "{{resolve:ssm:/any/size}}"}},
    },
}
EXPORTING = {
    "Resources": {"Topic": TOPIC},
    "Outputs": {"Topic": {"Value": {"Ref": "Topic"}, "Export": {"Name": "any-topic"}}},
}
MANY = {"Resources": {f"Topic{number}": TOPIC for number in range(500)}}


@dataclass(frozen=True)
class Account:
    """A sandbox with nothing in it, and an entry for each stack that is made."""

    sandbox: Standing
    folder: Path
    stacks: dict[str, str] = field(default_factory=dict)

    def publish(self, name: str, body: dict[str, Any] | str) -> str:
        """Put a template where CloudFormation reads it; its address."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.sandbox.client("s3").put_object(Bucket=BUCKET, Key=name, Body=text.encode())
        return f"https://{BUCKET}.s3.amazonaws.com/{name}"

    def deploy(self, name: str, body: dict[str, Any] | str) -> None:
        """Make a stack, and publish the same template with other names as its target."""
        text = body if isinstance(body, str) else json.dumps(body)
        cloudformation = self.sandbox.client("cloudformation")
        cloudformation.create_stack(
            StackName=name,
            TemplateURL=self.publish(f"{name}-old", text.replace("NAME", "old")),
            EnableTerminationProtection=True,
        )
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
        self.stacks[name] = self.publish(f"{name}-new", text.replace("NAME", "new"))

    def upgrade(self, name: str, *arguments: str) -> Run:
        """`pytest --stack NAME --upgrade`."""
        polling = "polling = { watch = 0.1, watch_max = 1, health = 0.1, settle = 1, drift = 0.1, change_set = 0.1 }"
        entry = (
            f'[stacks.t]\nproduct = "generic"\nstack_name = "{name}"\nregion = "us-east-1"\naccount_id = "111122223333"\n'
            f'template_url = "{self.stacks[name]}"\nminutes = 5\nhealth_minutes = 0.02\n{polling}\n'
        )
        file = self.folder / f"{name}.toml"
        file.write_text(entry)
        evidence, environment = self.folder / f"evidence-{name}", self.sandbox.environment
        return pytest_gate(
            evidence, "--stack", "t", f"--stacks-file={file}", *(arguments or ("--upgrade",)), **environment
        )


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with standing(tmp_path_factory.mktemp("any"), "empty") as sandbox:
        sandbox.client("s3").create_bucket(Bucket=BUCKET)
        sandbox.client("ssm").put_parameter(Name="/any/size", Value="large", Type="String")
        yield Account(sandbox, tmp_path_factory.mktemp("runs"))


def warned(run: Run) -> set[str]:
    return {row["id"] for row in run.record["checks"] if row["outcome"] == "warn"}


@pytest.mark.parametrize(
    ("name", "body", "warns"),
    [
        ("yaml", YAML, set[str]()),
        ("json", {"Resources": {"Topic": TOPIC}}, set[str]()),
        ("java", JAVA, {"parameters-are-accepted"}),
        ("rules", RULES, set[str]()),
        ("stored", STORED, set[str]()),
    ],
)
def test_it_is_upgraded(name: str, body: dict[str, Any] | str, warns: set[str], account: Account) -> None:
    account.deploy(name, body)
    run = account.upgrade(name)

    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    assert warned(run) == warns, run.output
    assert "Traceback" not in run.output


def test_five_hundred_resources_are_judged(account: Account) -> None:
    account.deploy("many", MANY)
    run = account.upgrade("many", "--read-only")

    assert (run.code, run.latest["verdict"]) == (0, "GO"), run.output
    assert run.outcome("template-fits-the-limits") == "pass"


def test_a_stack_with_another_in_it_is_upgraded(account: Account) -> None:
    child = account.publish("child-old", json.dumps({"Resources": {"Topic": TOPIC}}).replace("NAME", "old"))
    account.publish("child-new", json.dumps({"Resources": {"Topic": TOPIC}}).replace("NAME", "new"))
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": child.replace("old", "NAME")}}
    account.deploy("parent", {"Resources": {"Child": nested}})
    run = account.upgrade("parent")

    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    assert run.record["before"]["nested_targets"]["value"]["Child"]["state"] == "known"


def test_an_export_in_use_is_not_taken_away(account: Account) -> None:
    importing = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::ImportValue": "any-topic"}}}
    account.deploy("exporting", EXPORTING)
    account.deploy("importing", {"Resources": {"Topic": importing, "Other": TOPIC}})
    kept = account.upgrade("exporting")

    assert (kept.code, kept.outcome("exports-in-use-are-kept")) == (0, "pass"), kept.output

    account.stacks["exporting"] = account.publish("gone", {"Resources": {"Topic": TOPIC}})
    gone = account.upgrade("exporting")

    assert (gone.code, gone.outcome("exports-in-use-are-kept")) == (10, "fail"), gone.output
    assert "importing imports it" in gone.output
