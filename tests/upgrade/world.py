"""A sandbox in a process of its own, and small stacks in it: the gate meets it as it meets AWS, over HTTP."""

import itertools
import json
import shlex
from collections.abc import Mapping
from dataclasses import fields
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import boto3

from sandbox.knobs import Knobs
from upgrade.aws.session import Access, Aws
from upgrade.clock import SystemClock
from upgrade.config.entry import StackEntry
from upgrade.config.product import load as load_product
from upgrade.config.stacks import load
from upgrade.config.target import Target, locate
from upgrade.facts.source import Source
from upgrade.run.lookout import Progress
from upgrade.run.session import Run
from upgrade.web import Web

ACCOUNT, REGION, BUCKET = "111122223333", "us-east-1", "plimsoll-tests"

_numbers = itertools.count(1)


def topic(display_name: Any = "old", **more: Any) -> dict[str, Any]:
    """A template with one topic and whatever else is given as top-level sections."""
    resources = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": display_name}}}
    return {**more, "Resources": {**resources, **more.get("Resources", {})}}


def looped(display_name: str) -> dict[str, Any]:
    """A template with a loop that makes topics A and B."""
    made = {"${Name}": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": display_name}}}
    loop = {"Fn::ForEach::Topics": ["Name", ["A", "B"], made]}
    return {"Transform": "AWS::LanguageExtensions", "Resources": loop}


class World:
    """A running sandbox."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.url = environment["PLIMSOLL_SANDBOX"]
        self._session = boto3.Session(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )
        self.client("s3").create_bucket(Bucket=BUCKET)

    @classmethod
    def read(cls, env_file: Path) -> "World":
        """The world an env file of `python -m sandbox serve` names."""
        lines = [line for line in env_file.read_text().splitlines() if line.startswith("export ")]
        return cls(dict(shlex.split(line)[1].split("=", 1) for line in lines))

    def client(self, service: str) -> Any:
        """A client of this world, nothing of the gate's in it."""
        return self._session.client(service, endpoint_url=self.url)

    def publish(self, body: Mapping[str, Any] | bytes) -> str:
        """Put a template into S3; its address."""
        key = f"{next(_numbers)}.json"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)
        return f"https://{BUCKET}.s3.amazonaws.com/{key}"

    def create(self, body: Mapping[str, Any], **parameters: str) -> str:
        """Make a stack; its name."""
        name, cloudformation = f"t{next(_numbers)}-{token_hex(3)}", self.client("cloudformation")
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        cloudformation.create_stack(
            StackName=name,
            TemplateURL=self.publish(body),
            Parameters=given,
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Tags=[{"Key": "owner", "Value": "platform"}],
        )
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1})
        return name

    def faults(self, **knobs: Any) -> None:
        """Set knobs of the sandbox."""
        self._control("POST", "faults", knobs)

    def fail(self, action: str, kind: str, service: str = "*", **rule: Any) -> None:
        """Let calls of an operation fail."""
        self.faults(api=[{"service": service, "action": action, "kind": kind, **rule}])

    def calm(self) -> None:
        """No faults, no waiting: every knob as it was at the start."""
        fresh = Knobs()
        self.faults(**{each.name: getattr(fresh, each.name) for each in fields(fresh) if not each.name.startswith("_")})

    def calls(self) -> list[dict[str, Any]]:
        """Every call the sandbox has received."""
        calls: list[dict[str, Any]] = self._control("GET", "calls")["calls"]
        return calls

    def run(
        self,
        folder: Path,
        stack: str,
        target: str,
        *,
        more: str = "",
        settle: float = 1,
        progress: Progress = lambda _: None,
        **keys: Any,
    ) -> Run:
        """A run of the gate over a stack; `keys` go into its entry, `more` is TOML behind it."""
        entry = {
            "product": "generic",
            "stack_name": stack,
            "region": REGION,
            "account_id": ACCOUNT,
            "template_url": target,
            "minutes": 1,
            "health_minutes": 0.02,
            **keys,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
        polling = f"watch = 0.05\nwatch_max = 0.2\nhealth = 0.05\nsettle = {settle}\ndrift = 0.05\nchange_set = 0.05"
        text = "\n".join(["[stacks.t]", *lines, "[stacks.t.polling]", polling, more])
        path = folder / "stacks.toml"
        path.write_text(text)
        return Run(load(path), "t", progress=progress)

    def source(
        self, settings: StackEntry, target: str = f"s3://{BUCKET}/absent", executes: str | None = None
    ) -> Source:
        """Where the facts of an entry come from in this world; `executes` is a role to execute with."""
        clock = SystemClock()
        aws = Aws(clock, self.url)
        return Source(
            connections=lambda each: aws.connect(Access(each.region)),
            executing=aws.connect(Access(settings.region, role_arn=executes)),
            clock=clock,
            entries=lambda _: settings,
            entry=settings,
            product=load_product(settings.product),
            target=Target(target, locate(target), None, settings.region),
            web=Web(sandbox=True),
            token="",
        )

    def _control(self, method: str, name: str, body: Mapping[str, Any] | None = None) -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc)
        connection.request(method, f"/__sandbox__/{name}", json.dumps(body))
        answer = connection.getresponse()
        told = json.load(answer)
        connection.close()
        assert answer.status == HTTPStatus.OK, told
        return told
