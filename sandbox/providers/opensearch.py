"""AWS::OpenSearchService::Domain."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.shapes import accepted

NAME_LIMIT = 28


class Domain:
    """AWS::OpenSearchService::Domain; Ref is the name."""

    drift = True

    def create(self, request: Request) -> Handled:
        opensearch = request.client("opensearch")
        name = names.given(request, "DomainName", NAME_LIMIT, lower=True)
        values = {**request.properties, "DomainName": name, "TagList": tags.listed(tags.wanted(request))}
        return _handled(opensearch.create_domain(**accepted(opensearch, "CreateDomain", values))["DomainStatus"])

    def update(self, request: Request) -> Handled:
        opensearch = request.client("opensearch")
        values = {**request.properties, "DomainName": request.physical_id}
        opensearch.update_domain_config(**accepted(opensearch, "UpdateDomainConfig", values))
        status = self._describe(request)
        tags.carry(
            request,
            lambda added: opensearch.add_tags(ARN=status["ARN"], TagList=tags.listed(added)),
            lambda keys: opensearch.remove_tags(ARN=status["ARN"], TagKeys=keys),
        )
        return _handled(status)

    def delete(self, request: Request) -> None:
        request.client("opensearch").delete_domain(DomainName=request.physical_id)

    def read(self, request: Request) -> Properties:
        status = self._describe(request)
        found = request.client("opensearch").list_tags(ARN=status["ARN"])["TagList"]
        return {**status, "Tags": found}

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        opensearch = request.client("opensearch")
        found: dict[str, Any] = opensearch.describe_domain(DomainName=request.physical_id)["DomainStatus"]
        return found


def _handled(status: Mapping[str, Any]) -> Handled:
    endpoint = status.get("Endpoint") or next(iter(status.get("Endpoints", {}).values()), None)
    attributes = {"Arn": status["ARN"], "DomainArn": status["ARN"], "Id": status["DomainId"]}
    return Handled(status["DomainName"], {**attributes, **({"DomainEndpoint": endpoint} if endpoint else {})})
