"""Reads how well the deployment is: its alarms and certificates, and what the application answers."""

from base64 import b64encode
from dataclasses import replace
from functools import partial

from upgrade.aws.acm import CERTIFICATE, read_certificate
from upgrade.aws.cloudwatch import ALARMS, read_alarms
from upgrade.config.product import parse_version
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.health import Alarms, Answers, Certificate, Certificates, VersionProbe
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Stack, Template
from upgrade.rules.application import following, version_address, version_text, where
from upgrade.rules.certificates import shown
from upgrade.rules.parameters import plan_parameters
from upgrade.template.functions import Unresolved


class Health:
    """The reads of one stack entry."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family(after=True)
    def alarms(self, resources: Resources) -> Fact[Alarms]:
        """Every alarm of the stack."""
        names = {r.logical_id: r.physical_id for r in resources.value if r.type in ALARMS and r.physical_id}
        client = self.source.client("cloudwatch")
        return self.source.read("cloudwatch:DescribeAlarms", lambda: read_alarms(client, names) if names else {})

    @family()
    def certificates(self, resources: Resources, target: Fact[Template], stack: Fact[Stack]) -> Fact[Certificates]:
        """The stack's own certificates and those that the listeners of the target show."""
        entry, at = self.source.entry, self.source.clock.now()
        own = {r.logical_id: r.physical_id for r in resources.value if r.type == CERTIFICATE and r.physical_id}
        parameters = plan_parameters(entry, stack.value, target.value, {}).values
        listed = shown(target.value, parameters, {"AWS::Region": entry.region, **own})
        named = {own[name]: own[name] for name in sorted(own)}
        named |= {arn if isinstance(arn, str) else name: arn for name, arns in sorted(listed.items()) for arn in arns}
        found = gather(partial(self._certificate, arn) for arn in named.values())
        return Known(dict(zip(named, found, strict=True)), at)

    @family(after=True)
    def answers(self, stack: Fact[Stack]) -> Fact[Answers]:
        """What every address of the application answers."""
        at, web = self.source.clock.now(), self.source.web
        addresses, _ = where(self.source.entry, self.source.product, stack.value.parameters)
        found = gather(partial(web.ask, address) for address in addresses)
        named = bool(self.source.entry.health.addresses)
        answers = (replace(answer, named=named) for answer in found)
        return Known(dict(zip(addresses, answers, strict=True)), at)

    @family(before=False, after=True)
    def version_probe(self, stack: Fact[Stack], template: Fact[Template]) -> Fact[VersionProbe | None]:
        """Whether the running application has the version of the deployed template; None where it is not asked."""
        at, product, token = self.source.clock.now(), self.source.product, self.source.token
        addresses, _ = where(self.source.entry, product, stack.value.parameters)
        version, application = parse_version(product.version_of(template.value) or ""), product.application
        if not (token and addresses and version and application and application.version_path):
            return Known(None, at)
        address = version_address(addresses[0], application.version_path)
        # A token is the user of HTTP Basic authentication, with an empty password.
        signed = {"Authorization": f"Basic {b64encode(f'{token}:'.encode()).decode()}"}
        wanted = (version_text(version), version_text(following(version)))
        answers = [self.source.web.ask(address, {**signed, application.version_header: each}) for each in wanted]
        return Known(VersionProbe(address, wanted[0], *answers), at)

    def _certificate(self, arn: str | Unresolved) -> Fact[Certificate]:
        if not isinstance(arn, str) or ":acm:" not in arn:
            why = (
                "it is none of ACM's" if isinstance(arn, str) else f"which it is the template does not tell: {arn.why}"
            )
            return Unknown(Reason.NOT_ASKED, why, "", self.source.clock.now())
        client = self.source.client("acm")
        return self.source.read("acm:DescribeCertificate", lambda: read_certificate(client, arn))
