"""Service Quotas of EC2 and Batch (knob `quotas`), beside those of VPC that moto has.

https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
"""

import json

from moto.servicequotas import urls
from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.responses import ServiceQuotasResponse

from sandbox.services import settings
from sandbox.services.backends import use_responses

DEFAULTS = {
    "L-1216C47A": ("ec2", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 640),
    "L-DB2E81BA": ("ec2", "Running On-Demand G and VT instances", 128),
    "L-417A185B": ("ec2", "Running On-Demand P instances", 128),
    "L-7295265B": ("ec2", "Running On-Demand X instances", 128),
    "L-0263D0A3": ("ec2", "EC2-VPC Elastic IPs", 5),
    "L-144F0CA5": ("batch", "Compute environment limit", 50),
}
"""By code: service, name and value."""


class QuotaResponses(ServiceQuotasResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, and more quotas."""

    def get_service_quota(self) -> str:
        service, code = (json.loads(self.body).get(name) for name in ("ServiceCode", "QuotaCode"))
        if service not in {"ec2", "batch"}:
            return str(super().get_service_quota())
        owner, name, value = DEFAULTS.get(code, ("", "", 0))
        if owner != service:
            raise NoSuchResource
        wanted = settings.knobs().quotas.get(code, value)
        return json.dumps({"Quota": {"ServiceCode": service, "QuotaCode": code, "QuotaName": name, "Value": wanted}})


def install() -> None:
    """Use our responses."""
    use_responses(urls, QuotaResponses)
