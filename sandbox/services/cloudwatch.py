"""CloudWatch: an alarm that is changed keeps its state; moto starts it anew."""

from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, cloudwatch_backends

from sandbox.services.backends import use_backend


class CloudWatch(CloudWatchBackend):  # type: ignore[misc]  # moto ships no types
    """moto's, with alarms that remember."""

    def put_metric_alarm(self, name: str, *arguments: Any, **named: Any) -> Any:
        before = self.alarms.get(name)
        alarm = super().put_metric_alarm(name, *arguments, **named)
        if before is not None:
            alarm.update_state(before.state_reason, before.state_reason_data, before.state_value)
        return alarm


def install() -> None:
    """Use our backend."""
    use_backend(cloudwatch_backends, CloudWatch)
