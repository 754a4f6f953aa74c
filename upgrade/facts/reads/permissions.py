"""Facts about what the role or user may do whose permissions CloudFormation uses."""

import re
from functools import partial

from upgrade.aws import iam
from upgrade.aws.sts import read_identity
from upgrade.facts.changes import Plan
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact
from upgrade.facts.permissions import Permissions, Simulated
from upgrade.facts.services import Role
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Identity
from upgrade.rules.permissions import PASS_ROLE, passed, perhaps

_USER = re.compile(r"arn:[\w-]+:iam::\d{12}:user/.+")
_SESSION = re.compile(r"arn:[\w-]+:sts::\d{12}:assumed-role/(?P<role>[^/]+)/.+")


class PermissionReads:
    """One fact family a method."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family()
    def permissions(
        self,
        identity: Fact[Identity],
        prediction: Fact[Plan],
        resources: Resources,
        service_role: Fact[Role | None],
    ) -> Fact[Permissions | None]:
        """What the predicted plan asks for; None where nobody's permissions can be simulated (the root user's)."""
        plan, live, role = prediction.value, resources.value, service_role.value
        client = self.source.client("iam")

        def read() -> Permissions | None:
            if role is not None and not role.exists:
                return Permissions(role.arn, exists=False, actions={}, passes={})
            principal = role.arn if role is not None else self._executing(identity)
            if principal is None:
                return None
            actions = sorted(perhaps(plan.changes))
            asked = [
                (arn, service)
                for arn, services in passed(plan, live, principal).items()
                for service in services or ("",)
            ]
            reads = [
                partial(iam.simulate, client, principal, actions) if actions else dict,
                *(partial(iam.simulate, client, principal, [PASS_ROLE], arn, service) for arn, service in asked),
            ]
            said, *answers = gather(reads)
            passes: dict[str, dict[str, Simulated]] = {}
            for (arn, service), answer in zip(asked, answers, strict=True):
                passes.setdefault(arn, {}).update({service: answer[PASS_ROLE]} if PASS_ROLE in answer else {})
            return Permissions(principal, exists=True, actions=said, passes=passes)

        return self.source.read("iam:SimulatePrincipalPolicy", read)

    def _executing(self, identity: Fact[Identity]) -> str | None:
        """ARN of the user or role that executes; a session's role is asked for, since the session's ARN lacks its path."""
        same = self.source.executing is self.source.connection
        arn = identity.value.arn if same else read_identity(self.source.executing.client("sts")).arn
        session = _SESSION.fullmatch(arn)
        if session is None:
            return arn if _USER.fullmatch(arn) else None
        return iam.read_role_arn(self.source.client("iam"), session["role"])
