"""Resources that are CloudFormation's own: custom resources and wait conditions. They succeed at once.

The sandbox has no Lambda function to call, and nobody who would signal.
"""

from urllib.parse import quote

from sandbox.providers import names
from sandbox.providers.base import Handled, Properties, Request


class CustomResource:
    """AWS::CloudFormation::CustomResource, Custom::*, and AWS::CloudFormation::WaitCondition."""

    drift = False

    def create(self, request: Request) -> Handled:
        return Handled(names.generated(request), {"Data": "{}"})

    def update(self, request: Request) -> Handled:
        return Handled(request.physical_id, {"Data": "{}"})

    def delete(self, request: Request) -> None:
        """Nothing is kept here."""

    def read(self, request: Request) -> Properties:
        return dict(request.properties)


class WaitConditionHandle(CustomResource):
    """AWS::CloudFormation::WaitConditionHandle; Ref is the address to signal to."""

    def create(self, request: Request) -> Handled:
        resource = quote(f"{request.stack_id}/{request.logical_id}", safe="")
        address = f"https://cloudformation-waitcondition-{request.region}.s3.amazonaws.com/{resource}"
        return Handled(address, {})
