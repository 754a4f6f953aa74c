"""What a scenario builds its world with: ordinary AWS calls, and the configuration that goes with it."""

import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.account import ACCOUNT, REGION
from sandbox.knobs import Knobs
from sandbox.scenarios import images, keys, toml

SANDBOX = Path(__file__).parent.parent
TEMPLATES = SANDBOX / "templates"
BUCKET = "codeocean-vpc"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": ["Update:Replace", "Update:Delete"],
            "Principal": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"ResourceType": ["AWS::EC2::Volume", "AWS::RDS::DBInstance"]}},
        },
    ]
}
"""What protects the data of every stack."""

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
        self.folder = folder
        self.capabilities = [*CAPABILITIES]
        """With which stacks are created."""
        self._configuration = tomllib.loads((SANDBOX / "stacks.toml").read_text(encoding="utf-8"))
        seal, _ = keys.write_pair(folder, "seal")
        for entry in self._configuration["stacks"].values():
            entry.update(QUICK)
            entry["evidence"] = {"signing_key": seal.name}

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

    def share_images(self, text: str) -> None:
        """Have the vendor share the images that a template's Mappings name with the account, each in its region."""
        before = self.knobs.images
        shared = {
            image: {"region": region, **before.get(image, {}), "shared": True}
            for image, region in images.named(text).items()
        }
        self.knobs.set({"images": {**before, **shared}})

    def withdraw_images(self, text: str) -> None:
        """Have the vendor share them no longer, or not yet: launching from them fails."""
        before = self.knobs.images
        withdrawn = {image: {**before.get(image, {}), "shared": False} for image in images.named(text)}
        self.knobs.set({"images": {**before, **withdrawn}})

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
            Capabilities=self.capabilities,
            EnableTerminationProtection=True,
            Tags=[{"Key": "owner", "Value": "platform"}],
            NotificationARNs=[self.client("sns").create_topic(Name="stack-events")["TopicArn"]],
            StackPolicyBody=json.dumps(POLICY),
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

    def back_up(self, vault: str, resources: Mapping[str, str], copy_to: str = "", *, ago: float = 0) -> None:
        """Back up resources of the deployment, and copy what was made.

        Args:
            vault: its name.
            resources: by logical id, the ARN of what a physical id stands for, with `{id}` in its place.
            copy_to: ARN of another vault.
            ago: how many seconds ago that was.
        """
        self.knobs.set({"event_age": ago})
        backup, role = self.client("backup"), f"arn:aws:iam::{ACCOUNT}:role/backup"
        for logical_id, arn in resources.items():
            resource = arn.format(id=self.physical_id(logical_id))
            job = backup.start_backup_job(BackupVaultName=vault, ResourceArn=resource, IamRoleArn=role)
            if copy_to:
                backup.start_copy_job(
                    RecoveryPointArn=job["RecoveryPointArn"],
                    SourceBackupVaultName=vault,
                    DestinationBackupVaultArn=copy_to,
                    IamRoleArn=role,
                )
        self.knobs.set({"event_age": 0.0})

    def submit_job(self, queue: str, name: str) -> str:
        """Submit a job to a queue of the deployment; its id. It runs until somebody ends it.

        Args:
            queue: logical id.
            name: of the job, and of the definition made for it.
        """
        batch = self.client("batch")
        container = {"image": "public.ecr.aws/codeocean/pipeline", "vcpus": 4, "memory": 8192, "command": ["run"]}
        batch.register_job_definition(jobDefinitionName=name, type="container", containerProperties=container)
        return str(batch.submit_job(jobName=name, jobQueue=self.physical_id(queue), jobDefinition=name)["jobId"])

    def acknowledge(self, statement: str, live: str, target: str) -> None:
        """Have a person state, now and for this pair of versions, what only a person can know of the deployment."""
        at = datetime.now(UTC).replace(microsecond=0)
        stated = {"by": "sandbox", "at": at, "from": live, "to": target}
        self.configure("stacks.demo.acknowledge", **{statement: stated})

    def add_approver(self, name: str, file: str) -> None:
        """Let a person approve plans; the key pair `FILE.pem` and `FILE.pub.pem` is made beside the configuration."""
        _, public = keys.write_pair(self.folder, file)
        self.configure("stacks.demo.change.approvers", **{name: public.name})

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

    def suggest(self, table: str, **values: object) -> None:
        """Configure what the scenario has left open."""
        node = self._configuration
        for part in table.split("."):
            node = node.get(part, {})
        self.configure(table, **{key: value for key, value in values.items() if key not in node})

    def write_configuration(self) -> Path:
        """Write the configuration; its path."""
        path = self.folder / "stacks.toml"
        path.write_text(toml.dumps(self._configuration), encoding="utf-8")
        return path
