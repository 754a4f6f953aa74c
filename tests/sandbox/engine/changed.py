"""Templates whose changes are asked for, and what is told of a change."""

from typing import Any

from sandbox.engine.changes import Change

INSTANCE = """
Parameters:
  Purpose: {Type: String, Default: testing}
  KeyPairName: {Type: String, Default: MyKeyName}
  InstanceType: {Type: String, Default: t2.micro}
Resources:
  MyEC2Instance:
    Type: AWS::EC2::Instance
    Properties:
      KeyName: !Ref KeyPairName
      InstanceType: !Ref InstanceType
      ImageId: ami-8fcee4e5
      Tags:
      - {Key: Purpose, Value: !Ref Purpose}
"""
"""The template of the User Guide's examples."""


TOPICS = """
Resources:
  Topic1: {Type: 'AWS::SNS::Topic', Properties: {TopicName: one, DisplayName: value}}
  Topic2: {Type: 'AWS::SNS::Topic', Properties: {TopicName: two, DisplayName: !READ}}
"""


ATTRIBUTE = TOPICS.replace("!READ", "!GetAtt Topic1.DisplayName")


REFERENCE = TOPICS.replace("!READ", "!Ref Topic1")


def told(change: Change) -> list[tuple[Any, ...]]:
    return [
        (detail.name or detail.attribute, detail.recreation, detail.evaluation, detail.source, detail.causing_entity)
        for detail in change.details
    ]


def path_values(change: Change) -> dict[str | None, tuple[str | None, str | None, str | None]]:
    return {detail.path: (detail.change_type, detail.before, detail.after) for detail in change.details}
