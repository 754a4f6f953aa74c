"""What a scenario builds its world with: ordinary AWS calls, and the configuration that goes with it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.account import ACCOUNT, REGION
from sandbox.knobs import Knobs
from sandbox.scenarios import toml

SANDBOX = Path(__file__).parent.parent
TEMPLATES = SANDBOX / "templates"
BUCKET = "codeocean-vpc"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]

QUICK = {
    "minutes": 3,
    "health_minutes": 0.1,
    "polling": {"watch": 0.2, "watch_max": 1, "health": 0.3, "settle": 1, "drift": 0.2, "change_set": 0.2},
}
"""Minutes become seconds, in every entry."""


class Stage:
    """An empty AWS account and a configuration file to be."""

    account = ACCOUNT

    def __init__(self, knobs: Knobs, folder: Path) -> None:
        self.knobs = knobs
        self._folder = folder
        self._configuration = tomllib.loads((SANDBOX / "stacks.toml").read_text(encoding="utf-8"))
        for entry in self._configuration["stacks"].values():
            entry.update(QUICK)

    def client(self, service: str) -> Any:
        """A boto3 client of this service."""
        from sandbox import clients

        return clients.client(service, REGION)

    def template(self, name: str, edits: Mapping[str, str] | None = None) -> str:
        """The text of one of our templates, changed where it says so.

        Raises:
            ValueError: what an edit replaces does not stand in the template exactly once.
        """
        text = (TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")
        for old, new in (edits or {}).items():
            if text.count(old) != 1:
                raise ValueError(f"template {name}: {old!r} stands in it {text.count(old)} times")
            text = text.replace(old, new)
        return text

    def publish(self, key: str, text: str | bytes, content_type: str = "application/x-yaml") -> str:
        """Put a file into the vendor's public bucket; its address."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        body = text.encode() if isinstance(text, str) else text
        s3.put_object(Bucket=BUCKET, Key=key, Body=body, ContentType=content_type, ACL="public-read")
        return f"https://{BUCKET}.s3.amazonaws.com/{key}"

    def create(self, stack_name: str, address: str, parameters: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Create a stack; as DescribeStacks shows it.

        Raises:
            RuntimeError: it could not be created, with the events that say why.
        """
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=stack_name,
            TemplateURL=address,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": str(value)} for key, value in (parameters or {}).items()
            ],
            Capabilities=CAPABILITIES,
        )
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
        if stack["StackStatus"] != "CREATE_COMPLETE":
            events = cloudformation.describe_stack_events(StackName=stack_name)["StackEvents"]
            failed = [e for e in events if e["ResourceStatus"].endswith("FAILED")]
            told = "; ".join(f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}" for e in reversed(failed))
            raise RuntimeError(f"stack {stack_name} is {stack['StackStatus']}: {told}")
        return stack

    def physical_id(self, logical_id: str, stack_name: str = "codeocean") -> str:
        """The physical id of a resource."""
        detail = self.client("cloudformation").describe_stack_resource(
            StackName=stack_name, LogicalResourceId=logical_id
        )
        return str(detail["StackResourceDetail"]["PhysicalResourceId"])

    def configure(self, table: str, **values: object) -> None:
        """Change the configuration.

        Args:
            table: dotted, e.g. `stacks.demo.parameters`; made if it is not there.
            values: keys to set; None removes one.
        """
        node = self._configuration
        for part in table.split("."):
            node = node.setdefault(part, {})
        for key, value in values.items():
            if value is None:
                node.pop(key, None)
            else:
                node[key] = value

    def write_configuration(self) -> Path:
        """Write the configuration; its path."""
        path = self._folder / "stacks.toml"
        path.write_text(toml.dumps(self._configuration), encoding="utf-8")
        return path
