"""Reads how well the deployment is: alarms and certificates."""

from functools import partial

from upgrade.aws.acm import CERTIFICATE, read_certificate
from upgrade.aws.cloudwatch import ALARMS, read_alarms
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.health import Alarms, Certificate, Certificates
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Stack, Template
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

    def _certificate(self, arn: str | Unresolved) -> Fact[Certificate]:
        if not isinstance(arn, str) or ":acm:" not in arn:
            why = (
                "it is none of ACM's" if isinstance(arn, str) else f"which it is the template does not tell: {arn.why}"
            )
            return Unknown(Reason.NOT_ASKED, why, "", self.source.clock.now())
        client = self.source.client("acm")
        return self.source.read("acm:DescribeCertificate", lambda: read_certificate(client, arn))
