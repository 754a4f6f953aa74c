"""AWS::CloudWatch::Alarm."""

from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import only
from sandbox.providers.shapes import accepted


class Alarm:
    """AWS::CloudWatch::Alarm; Ref is the name. PutMetricAlarm keeps an alarm's state."""

    drift = True

    def create(self, request: Request) -> Handled:
        return self._put(request, names.given(request, "AlarmName"))

    def update(self, request: Request) -> Handled:
        handled = self._put(request, request.physical_id)
        cloudwatch = request.client("cloudwatch")
        arn = handled.attributes["Arn"]
        tags.carry(
            request,
            lambda added: cloudwatch.tag_resource(ResourceARN=arn, Tags=tags.listed(added)),
            lambda keys: cloudwatch.untag_resource(ResourceARN=arn, TagKeys=keys),
        )
        return handled

    def delete(self, request: Request) -> None:
        request.client("cloudwatch").delete_alarms(AlarmNames=[request.physical_id])

    def read(self, request: Request) -> Properties:
        cloudwatch = request.client("cloudwatch")
        alarm = self._describe(cloudwatch, request.physical_id)
        found = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
        return {"AlarmActions": [], "OKActions": [], "Dimensions": [], **alarm, "Tags": found}

    def _put(self, request: Request, name: str) -> Handled:
        cloudwatch = request.client("cloudwatch")
        values = {**request.properties, "AlarmName": name, "Tags": tags.listed(tags.wanted(request))}
        cloudwatch.put_metric_alarm(**accepted(cloudwatch, "PutMetricAlarm", values))
        return Handled(name, {"Arn": self._describe(cloudwatch, name)["AlarmArn"]})

    @staticmethod
    def _describe(cloudwatch: Any, name: str) -> dict[str, Any]:
        found: dict[str, Any] = only(cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"])
        return found
