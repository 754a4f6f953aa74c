"""AWS::SNS::Topic."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed
from sandbox.providers.shapes import text

ATTRIBUTES = ("DisplayName", "KmsMasterKeyId", "FifoTopic", "ContentBasedDeduplication", "SignatureVersion")


class Topic:
    """AWS::SNS::Topic; Ref is the ARN."""

    drift = True

    def create(self, request: Request) -> Handled:
        sns = request.client("sns")
        name = names.given(request, "TopicName", 256)
        if text(request.properties.get("FifoTopic", False)) == "true" and not name.endswith(".fifo"):
            name = f"{name}.fifo"
        arn = sns.create_topic(
            Name=name,
            Attributes=_attributes(request.properties),
            Tags=tags.listed(tags.wanted(request)),
        )["TopicArn"]
        for subscription in request.properties.get("Subscription", []):
            sns.subscribe(TopicArn=arn, Protocol=subscription["Protocol"], Endpoint=subscription["Endpoint"])
        return _handled(arn)

    def update(self, request: Request) -> Handled:
        sns = request.client("sns")
        arn = request.physical_id
        sns.get_topic_attributes(TopicArn=arn)
        for name in ATTRIBUTES:
            if changed(request, name):
                value = text(request.properties.get(name, ""))
                sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
        tags.carry(
            request,
            lambda added: sns.tag_resource(ResourceArn=arn, Tags=tags.listed(added)),
            lambda keys: sns.untag_resource(ResourceArn=arn, TagKeys=keys),
        )
        return _handled(arn)

    def delete(self, request: Request) -> None:
        request.client("sns").delete_topic(TopicArn=request.physical_id)

    def read(self, request: Request) -> Properties:
        sns = request.client("sns")
        arn = request.physical_id
        live: dict[str, Any] = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
        found = sns.list_tags_for_resource(ResourceArn=arn)["Tags"]
        return {**{name: live.get(name) or None for name in ATTRIBUTES}, "TopicName": arn.split(":")[-1], "Tags": found}


def _attributes(properties: Mapping[str, Any]) -> dict[str, str]:
    return {name: text(properties[name]) for name in ATTRIBUTES if name in properties}


def _handled(arn: str) -> Handled:
    return Handled(arn, {"TopicArn": arn, "TopicName": arn.rsplit(":", maxsplit=1)[-1]})
