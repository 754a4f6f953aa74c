"""AWS::CertificateManager::Certificate."""

from sandbox.providers import tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.shapes import accepted


class Certificate:
    """AWS::CertificateManager::Certificate; Ref is the ARN. Issued at once."""

    drift = True

    def create(self, request: Request) -> Handled:
        acm = request.client("acm")
        values = {name: value for name, value in request.properties.items() if name != "DomainValidationOptions"}
        values.pop("Tags", None)
        if own := tags.without_system(tags.wanted(request)):  # ACM refuses an empty list
            values["Tags"] = tags.listed(own)
        arn = acm.request_certificate(**accepted(acm, "RequestCertificate", values))["CertificateArn"]
        return Handled(arn, {"CertificateArn": arn})

    def update(self, request: Request) -> Handled:
        acm = request.client("acm")
        arn = request.physical_id

        def add(added: dict[str, str]) -> None:
            if own := tags.without_system(added):
                acm.add_tags_to_certificate(CertificateArn=arn, Tags=tags.listed(own))

        tags.carry(
            request,
            add,
            lambda keys: acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": key} for key in keys]),
        )
        return Handled(arn, {"CertificateArn": arn})

    def delete(self, request: Request) -> None:
        request.client("acm").delete_certificate(CertificateArn=request.physical_id)

    def read(self, request: Request) -> Properties:
        acm = request.client("acm")
        arn = request.physical_id
        certificate = acm.describe_certificate(CertificateArn=arn)["Certificate"]
        wanted = request.properties.get("SubjectAlternativeNames", [])
        alternatives = certificate.get("SubjectAlternativeNames", [])
        return {
            "DomainName": certificate["DomainName"],
            "SubjectAlternativeNames": [
                name for name in alternatives if name != certificate["DomainName"] or name in wanted
            ],
            "Tags": acm.list_tags_for_certificate(CertificateArn=arn)["Tags"],
        }
