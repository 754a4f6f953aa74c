"""The health of targets: new ones are `initial` for a while, and knobs can force it.

moto says healthy of every running instance from the moment it is registered.
"""

from typing import Any

from moto.elbv2.models import ELBv2Backend, FakeHealthStatus, elbv2_backends

from sandbox.services import settings
from sandbox.services.backends import use_backend

REASONS = {
    "initial": ("Elb.RegistrationInProgress", "Target registration is in progress"),
    "unhealthy": ("Target.FailedHealthChecks", "Health checks failed"),
}
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html"""

LOGICAL_ID = "aws:cloudformation:logical-id"


class Elbv2(ELBv2Backend):  # type: ignore[misc]  # moto ships no types
    """moto's, with targets that take their time."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._initial: dict[tuple[str, str], settings.Lasting] = {}
        """By group and target. A longer delay set since is for targets to come: those that are healthy stay so."""

    def register_targets(self, target_group_arn: str, instances: list[Any]) -> None:
        group = self.target_groups.get(target_group_arn)
        known = set(group.targets) if group else set()
        super().register_targets(target_group_arn, instances)
        for target in instances:
            if target["Id"] not in known:
                self._initial[target_group_arn, target["Id"]] = settings.Lasting.begun("health_delay")

    def describe_target_health(self, target_group_arn: str, targets: list[dict[str, Any]]) -> list[Any]:
        found = super().describe_target_health(target_group_arn, targets)
        forced = self._forced(target_group_arn)
        return [self._settled(target_group_arn, status, forced) for status in found]

    def _forced(self, arn: str) -> str | None:
        group = self.target_groups[arn]
        tags = self.tagging_service.get_tag_dict_for_resource(arn)
        targets = settings.knobs().targets
        return targets.get(tags.get(LOGICAL_ID, "")) or targets.get(group.name)

    def _settled(self, arn: str, status: Any, forced: str | None) -> Any:
        if status.status != "healthy":
            return status
        initial = self._initial.get((arn, status.instance_id))
        state = forced or ("healthy" if initial is None or initial.over else "initial")
        reason = REASONS.get(state, (None, None))
        return FakeHealthStatus(status.instance_id, status.port, status.health_check_port, state, *reason)


def install() -> None:
    """Use our backend."""
    use_backend(elbv2_backends, Elbv2)
