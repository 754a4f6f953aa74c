"""OpenSearch Service: updates of its own software (knob `upkeep`). moto knows of none."""

import json

from moto.es import urls
from moto.opensearch.responses import OpenSearchServiceResponse

from sandbox.services import settings
from sandbox.services.backends import use_responses


class OpenSearchResponses(OpenSearchServiceResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, with updates."""

    def describe_domain(self) -> str:
        found = json.loads(super().describe_domain())
        options = settings.knobs().upkeep.get(found["DomainStatus"]["DomainName"])
        if options:
            found["DomainStatus"]["ServiceSoftwareOptions"] = options
        return json.dumps(found)


def install() -> None:
    """Use our responses."""
    use_responses(urls, OpenSearchResponses)
