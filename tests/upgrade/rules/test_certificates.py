"""Which certificates a template shows, and which new ones wait for a person."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import template
from upgrade.errors import CannotTell
from upgrade.rules.certificates import CERTIFICATE, shown, waits_for
from upgrade.template.functions import Unresolved

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
ARN = "arn:aws:acm:us-east-1:1:certificate/2"
VENDOR = {"Fn::If": ["cNewCert", {"Ref": "Certificate"}, {"Ref": "pCertificateArn"}]}
"""As the vendor's templates have it."""


def listening(certificates: Any, **more: Any) -> Any:
    return template(
        Parameters={"pCertificateArn": {"Type": "String", "Default": ""}},
        Conditions={"cNewCert": {"Fn::Equals": [{"Ref": "pCertificateArn"}, ""]}},
        Resources={
            "Certificate": {"Type": CERTIFICATE, "Condition": "cNewCert", "Properties": {}},
            "Https": {"Type": LISTENER, "Properties": {"Certificates": certificates}, **more},
            "Http": {"Type": LISTENER, "Properties": {"Port": 80}},
        },
    )


@pytest.mark.parametrize(
    ("parameters", "known", "arns"),
    [
        ({"pCertificateArn": ARN}, {}, (ARN,)),
        ({}, {"Certificate": "arn:own"}, ("arn:own",)),
        ({}, {}, ()),  # its own, which the plan makes
    ],
    ids=["named", "own", "new"],
)
def test_a_listener_shows_the_one_that_is_named_or_the_stacks_own(
    parameters: dict[str, str], known: dict[str, str], arns: tuple[str, ...]
) -> None:
    found = shown(listening([{"CertificateArn": VENDOR}]), parameters, known)

    assert found == {"Https": arns, "Http": ()}


@pytest.mark.parametrize("node", [[{"CertificateArn": {"Fn::ImportValue": "x"}}], {"Fn::ImportValue": "x"}])
def test_what_only_aws_knows_is_told_so(node: Any) -> None:
    (found,) = shown(listening(node), {}, {})["Https"]

    assert isinstance(found, Unresolved)


def test_a_listener_that_will_not_exist_shows_none() -> None:
    listed = shown(listening([{"CertificateArn": ARN}], Condition="cNewCert"), {"pCertificateArn": ARN}, {})

    assert listed == {"Http": ()}


def made(**properties: Any) -> str:
    resources = {"Own": {"Type": CERTIFICATE, "Properties": {"DomainName": "a.example.com", **properties}}}
    return waits_for(template(Resources=resources), {}, {}, "Own")


def zone(name: str) -> dict[str, Any]:
    return {"DomainName": name, "HostedZoneId": {"Ref": "Zone"}}


@pytest.mark.parametrize("method", [{}, {"ValidationMethod": "EMAIL"}])
def test_by_e_mail_it_waits_for_an_answer(method: dict[str, str]) -> None:
    assert "e-mail" in made(**method, DomainValidationOptions=[zone("a.example.com")])


@pytest.mark.parametrize("options", [{}, {"DomainValidationOptions": [{"DomainName": "a.example.com"}]}])
def test_outside_our_zone_it_waits_for_a_record(options: dict[str, Any]) -> None:
    assert made(ValidationMethod="DNS", **options) == "a DNS record that nobody makes but a person: a.example.com"


def test_a_wildcard_is_validated_with_its_domain() -> None:
    names = ["*.a.example.com", "b.example.com"]
    waits = made(ValidationMethod="DNS", SubjectAlternativeNames=names, DomainValidationOptions=[zone("a.example.com")])

    assert waits == "a DNS record that nobody makes but a person: b.example.com"


def test_a_private_authority_asks_nobody() -> None:
    assert made(CertificateAuthorityArn="arn:aws:acm-pca:x") == ""


def test_a_method_that_only_aws_knows_cannot_tell() -> None:
    with pytest.raises(CannotTell, match="ValidationMethod"):
        made(ValidationMethod={"Fn::ImportValue": "x"})


@given(names=st.lists(st.sampled_from(["a", "b", "*.a", "*.c"]), max_size=4), zones=st.sets(st.sampled_from("abc")))
def test_it_waits_exactly_if_a_domain_is_in_no_zone_of_ours(names: list[str], zones: set[str]) -> None:
    waits = made(
        DomainName="a",
        ValidationMethod="DNS",
        SubjectAlternativeNames=names,
        DomainValidationOptions=[zone(name) for name in zones],
    )

    assert bool(waits) is not ({"a", *(name.removeprefix("*.") for name in names)} <= zones)
