"""Which certificates a template shows to users, and which new ones wait for a person. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from upgrade.errors import CannotTell
from upgrade.facts.stack import Template
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import NO_VALUE, Resolver

CERTIFICATE = "AWS::CertificateManager::Certificate"
LISTENERS = frozenset({
    "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerCertificate",
})  # fmt: skip


def shown(template: Template, parameters: Mapping[str, str], known: Mapping[str, str]) -> Mapping[str, tuple[Any, ...]]:
    """By logical id of a listener, the ARNs of the certificates it shows; `Unresolved` where the template does not tell.

    Args:
        template: the one to upgrade to.
        parameters: values it gets.
        known: what `Ref` of something answers: `AWS::Region`, and the ARNs of the stack's own certificates.
    """
    made = {logical_id: "" for logical_id, each in _resources(template).items() if each.get("Type") == CERTIFICATE}
    resolver = Resolver(template, parameters, {**made, **known})
    exists = resolver.active()
    return {
        logical_id: tuple(_arns(resolver.property(logical_id, "Certificates")))
        for logical_id, each in _resources(template).items()
        if each.get("Type") in LISTENERS and exists.get(logical_id) is not False
    }


def waits_for(template: Template, parameters: Mapping[str, str], known: Mapping[str, str], logical_id: str) -> str:
    """What a person has to do before a new certificate is issued, a clause; empty if nothing.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-certificate.html

    Raises:
        CannotTell: only AWS knows how it is validated.
    """
    resolver = Resolver(template, parameters, known)

    def property_(name: str) -> Any:
        value = resolver.property(logical_id, name)
        if isinstance(value, Unresolved) and value is not NO_VALUE:
            raise CannotTell(f"how {logical_id} is validated is not known: {name}: {value.why}")
        return value

    if resolver.property(logical_id, "CertificateAuthorityArn") is not NO_VALUE:
        return ""  # issued by a private authority, at once
    method = property_("ValidationMethod")
    if method != "DNS":
        return "an e-mail to the owner of the domain to be answered"
    alternatives, options = property_("SubjectAlternativeNames"), property_("DomainValidationOptions")
    names = {property_("DomainName"), *(alternatives if isinstance(alternatives, list) else ())}
    rows = options if isinstance(options, list) else []
    ours = {_base(row["DomainName"]) for row in rows if row.get("HostedZoneId")}
    outside = sorted({_base(name) for name in names} - ours)
    return f"a DNS record that nobody makes but a person: {', '.join(outside)}" if outside else ""


def _resources(template: Template) -> Mapping[str, Any]:
    found: Any = template.body.get("Resources", {})
    return {name: each for name, each in found.items() if isinstance(each, Mapping)}


def _arns(rows: Any) -> Iterator[Any]:
    if isinstance(rows, Unresolved):
        yield from () if rows is NO_VALUE else (rows,)
        return
    for row in rows if isinstance(rows, list) else ():
        arn = row.get("CertificateArn", "") if isinstance(row, Mapping) else row
        if arn:  # empty: made by the stack itself, and not yet there
            yield arn


def _base(name: Any) -> str:
    """A wildcard is validated by the record of the domain it is below."""
    return str(name).removeprefix("*.")
