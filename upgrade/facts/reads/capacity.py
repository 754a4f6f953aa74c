"""Reads what region and account have room for, as far as the templates launch something into it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from upgrade.aws import capacity
from upgrade.facts.capacity import InstanceTypes, Quota, Quotas, SubnetsById
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Stack, Template
from upgrade.rules.machines import ENVIRONMENT, Launcher, launchers
from upgrade.rules.parameters import plan_parameters
from upgrade.rules.quotas import EIPS, ENVIRONMENTS, service_of, vcpu_quota

EIP = "AWS::EC2::EIP"


class Capacity:
    """The reads of one stack entry."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family()
    def subnets(self, stack: Fact[Stack], resources: Resources, target: Fact[Template]) -> Fact[SubnetsById]:
        """The subnets into which the target launches machines."""
        found = self._launchers(stack.value, resources, target.value)
        ids = {subnet for each in found for subnet in each.subnets if subnet.startswith("subnet-")}
        client = self.source.client("ec2")
        return self.source.read("ec2:DescribeSubnets", lambda: capacity.read_subnets(client, ids))

    @family()
    def instance_types(self, stack: Fact[Stack], resources: Resources, target: Fact[Template]) -> Fact[InstanceTypes]:
        """The instance types that the target launches."""
        names = {name for each in self._launchers(stack.value, resources, target.value) for name in each.types}
        client = self.source.client("ec2")
        return self.source.read(
            "ec2:DescribeInstanceTypeOfferings", lambda: capacity.read_instance_types(client, names)
        )

    @family()
    def quotas(self, stack: Fact[Stack], resources: Resources, target: Fact[Template]) -> Fact[Quotas]:
        """The quotas that an update of this target may run into."""
        types = {name for each in self._launchers(stack.value, resources, target.value) for name in each.types}
        declared: Any = target.value.body["Resources"]
        kinds = {str(each.get("Type")) for each in declared.values() if isinstance(each, Mapping)}
        codes = {vcpu_quota(name) for name in types} - {""}
        codes |= {EIPS} if EIP in kinds else set()
        codes |= {ENVIRONMENTS} if ENVIRONMENT in kinds else set()
        return self.source.read("servicequotas:GetServiceQuota", lambda: self._quotas(sorted(codes)))

    def _quotas(self, codes: list[str]) -> Quotas:
        client, ec2, batch = (self.source.client(service) for service in ("service-quotas", "ec2", "batch"))
        limits = gather([partial(capacity.read_quota, client, service_of(code), code) for code in codes])
        used: dict[str, int] = {}
        if set(codes) - {EIPS, ENVIRONMENTS}:
            used |= capacity.read_vcpus_in_use(ec2)
        if EIPS in codes:
            used[EIPS] = capacity.count_addresses(ec2)
        if ENVIRONMENTS in codes:
            used[ENVIRONMENTS] = capacity.count_environments(batch)
        return {code: Quota(name, limit, used.get(code, 0)) for code, (name, limit) in zip(codes, limits, strict=True)}

    def _launchers(self, stack: Stack, resources: Resources, target: Template) -> list[Launcher]:
        planned = plan_parameters(self.source.entry, stack, target, {}).values
        return list(launchers(target, planned, self.source.entry.region, resources.value).values())
