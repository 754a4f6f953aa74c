"""Reads whether the moment is right: what works in the deployment, what the target needs, who acts and for how long."""

from functools import partial

from upgrade.aws import autoscaling, batch, ec2, iam, rds
from upgrade.aws.errors import fact
from upgrade.aws.sts import read_identity
from upgrade.facts.compute import Images, Instance, JobQueues, ScalingGroups
from upgrade.facts.each import read_each
from upgrade.facts.family import family
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.lint import Lint
from upgrade.facts.services import Role, StorageChanges
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Credentials, Identity, Stack, Template
from upgrade.rules.images import launched
from upgrade.rules.parameters import plan_parameters
from upgrade.template import lint


class Readiness:
    """The reads of one stack entry."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source
        self._clock, self._entry, self._product = source.clock, source.entry, source.product

    @family()
    def executor(self, identity: Fact[Identity]) -> Fact[Identity]:
        """Who will execute; asked for only where it is another connection than the reading one."""
        if self.source.executing is self.source.connection:
            return identity
        return self.source.read("sts:GetCallerIdentity", lambda: read_identity(self.source.executing.client("sts")))

    @family()
    def credentials(self) -> Fact[Credentials]:
        """How long the executing credentials last."""
        return fact(self._clock, "", self.source.executing.lifetime)

    @family()
    def service_role(self, stack: Fact[Stack]) -> Fact[Role | None]:
        """The role CloudFormation will use; None if none is set."""
        arn = self._entry.service_role_arn
        if arn is None and isinstance(stack, Unknown):
            return self._blocked(f"the stack is not known ({stack})")
        arn = arn or stack.value.role_arn
        if arn is None:
            return Known(None, self._clock.now())
        client = self.source.client("iam")
        return fact(self._clock, "iam:GetRole", lambda: iam.read_role(client, arn))

    @family()
    def storage_changes(self, resources: Resources) -> Fact[StorageChanges]:
        """When the storage of each database was last changed."""
        client = self.source.client("rds")
        read = partial(rds.read_storage_change, client)
        return read_each(self._clock, resources, rds.DB_INSTANCE, "rds:DescribeEvents", read)

    @family()
    def jobs(self, resources: Resources) -> Fact[JobQueues]:
        """The jobs of every queue that are not over."""
        client = self.source.client("batch")
        return read_each(self._clock, resources, batch.JOB_QUEUE, "batch:ListJobs", partial(batch.read_queue, client))

    @family(after=True)
    def groups(self, resources: Resources) -> Fact[ScalingGroups]:
        """Every Auto Scaling group."""
        if isinstance(resources, Unknown):
            return self._blocked(f"the resources are not known ({resources})")
        client = self.source.client("autoscaling")
        found = {r.logical_id: r.physical_id for r in resources.value if r.type == autoscaling.GROUP and r.physical_id}
        call = "autoscaling:DescribeAutoScalingGroups"
        return fact(self._clock, call, lambda: autoscaling.read_groups(client, found) if found else {})

    @family()
    def workers(self, stack: Fact[Stack]) -> Fact[tuple[Instance, ...]]:
        """Worker machines outside any group; none where the product knows of no such machines."""
        known = self._product.workers
        if known is None:
            return Known((), self._clock.now())
        if isinstance(stack, Unknown):
            return self._blocked(f"the stack is not known ({stack})")
        tags = {**known.instance_tags, known.deployment_tag: stack.value.name}
        client = self.source.client("ec2")
        return fact(self._clock, "ec2:DescribeInstances", lambda: ec2.read_instances(client, tags))

    @family()
    def images(self, target: Fact[Template], stack: Fact[Stack]) -> Fact[Images]:
        """Every image the target launches."""
        for needed in (target, stack):
            if isinstance(needed, Unknown):
                return self._blocked(f"which images the target launches is not known ({needed})")
        parameters = plan_parameters(self._entry, stack.value, target.value, {}).values
        wanted = launched(target.value, parameters, {"AWS::Region": self._entry.region}).images
        if not wanted:
            return Known({}, self._clock.now())
        images, keys = self.source.client("ec2"), self.source.client("kms")
        return fact(self._clock, "ec2:DescribeImages", lambda: ec2.read_images(images, keys, wanted))

    @family()
    def lint(self, template: Fact[Template], target: Fact[Template]) -> Fact[Lint]:
        """What cfn-lint says of the target, and of the deployed template if there is anything to compare."""
        for needed in (template, target):
            if isinstance(needed, Unknown):
                return self._blocked(f"a template is not known ({needed})")
        return fact(self._clock, "", lambda: self._lint(template.value, target.value))

    def _lint(self, template: Template, target: Template) -> Lint:
        errors = partial(lint.errors, region=self._entry.region)
        found = errors(target.text)
        same = template.sha256 == target.sha256
        return Lint(lint.lint_version(), (found if same else errors(template.text)) if found else None, found)

    def _blocked(self, why: str) -> Unknown:
        return Unknown(Reason.BLOCKED, why, "", self._clock.now())
